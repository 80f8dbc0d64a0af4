import { errorFacts, type LegFacts } from '../core/events.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Observation } from '../core/observation.ts';
import type { ReplyView, ReportedFacts } from '../core/subject.ts';
import { codePointLength } from '../core/text.ts';

const sha256Digits = 64;

/** What tools are called by; anything else may hold anything. */
const toolName = /^[\w.:-]{1,64}$/;

/** What may be told of how a leg ended: metrics and a hash of its text, never the text. */
export function legFacts(
  { leg, durationMs, ...ended }: Observation,
  view: ReplyView | undefined,
  reported: ReportedFacts | undefined,
): LegFacts {
  if (ended.status === 'rejected') {
    return { leg, status: 'rejected', durationMs, error: errorFacts(ended.reason) };
  }
  const facts = { leg, status: 'fulfilled', durationMs } as const;
  if (view === undefined) return facts;
  const { text } = view;
  const tools = (reported?.toolCalls ?? view.toolCalls)?.map(({ name }) =>
    toolName.test(name) ? name : 'unnamed',
  );
  return {
    ...facts,
    chars: codePointLength(text, text.length),
    sha256: fingerprint(text, sha256Digits),
    ...(tools && { tools }),
  };
}
