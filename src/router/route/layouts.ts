import { Call, nobody } from '../call.ts';
import { noTenant } from '../decide.ts';
import { MirrorRun } from '../offer/mirror-run.ts';
import { OwnTexts } from '../offer/own-texts.ts';
import { CandidateCall } from '../serve/candidate-call.ts';
import type { Route } from './route.ts';

/**
 * One of each thing that a call of a plain handler is made of, kept as long as its route. V8 forgets how the objects of a class
 * are laid out when it collects all garbage while none of them lives, and with it all code that was compiled for them: the
 * thousands of calls after a quiet moment then cost ten times as much.
 */
export function layoutsOf(route: Route): readonly object[] {
  const init = { requestId: 'none' };
  const call = new Call(route, noTenant, '', nobody, undefined, [undefined], init);
  const served = new CandidateCall(route, noTenant, '', nobody, undefined, [undefined], init);
  const kind = 'compare' as const;
  // Times are numbers of another kind to engines than 0.
  const answeredAt = Date.now();
  const copies = { tenant: '', args: [undefined], texts: new OwnTexts(), kind, answeredAt };
  return [call, served, new MirrorRun(call, copies), call.served, copies.texts];
}
