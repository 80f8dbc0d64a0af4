import type { CallContext } from '../core/call-context.ts';
import type { Comparer } from '../core/comparer.ts';
import { CutoverError } from '../core/errors.ts';
import type { Mirror, TaskWaiter } from '../core/exchange.ts';
import { isThenable } from '../core/observation.ts';
import type { PairRecord } from '../core/pair-record.ts';
import { retainedSize } from '../core/retained-size.ts';
import type { Leg, Stage } from '../core/stage.ts';
import type { ReportedFacts, Subject, Turn } from '../core/subject.ts';
import { withOwnTexts } from './argument-copy.ts';
import type { Call } from './call.ts';
import { historyOf } from './history.ts';
import { invokeWith } from './invoke.ts';
import { mirroredStream } from './replies/mirrored-stream.ts';
import type { Route } from './route.ts';
import { traceMirror } from './traced.ts';

/**
 * The other leg of a call, or legacy once more: it has copies of the arguments and none of the call itself. It is also the context that the leg
 * is told by: a mirror must not act, and cannot claim that it will.
 */
export class MirrorRun implements Mirror, CallContext {
  readonly mirrored = true;
  readonly kind: PairRecord['kind'];
  readonly requestId: string;
  readonly tenant: string;
  readonly subject: Subject;
  readonly stage: Stage;
  readonly leg: Leg;
  facts: ReportedFacts | undefined = undefined;
  readonly owner: Route;
  readonly waiter: TaskWaiter | undefined;
  /** Its conversation ends here, however long after it the leg runs. */
  readonly #begun: number | undefined;
  readonly #self: unknown;
  readonly #args: unknown[];
  #run: { readonly signal: AbortSignal } | undefined;

  constructor(call: Call, tenant: string, args: unknown[], kind: PairRecord['kind']) {
    this.kind = kind;
    this.owner = call.owner;
    this.requestId = call.requestId;
    this.tenant = tenant;
    this.subject = withOwnTexts(call.subject, call.args, args);
    this.stage = call.stage;
    this.leg = kind === 'noise' ? 'legacy' : (call.plan.mirrors as Leg);
    this.#self = call.self;
    this.#args = args;
    this.waiter = call.waiter;
    this.#begun = call.begun;
  }

  get route(): string {
    return this.owner.name;
  }

  get comparer(): Comparer | undefined {
    return this.owner.comparer;
  }

  get bytes(): number {
    return retainedSize(this.#args);
  }

  get signal(): AbortSignal {
    return (this.#run as { readonly signal: AbortSignal }).signal;
  }

  start(run: { readonly signal: AbortSignal }): unknown {
    const { candidate, legacyShadow, tracing } = this.owner;
    const leg = this.leg === 'candidate' ? candidate : legacyShadow;
    this.#run = run;
    if (leg === undefined) return undefined;
    const start = (): unknown => this.#whole(invokeWith(this, leg, this.#self, this.#args));
    return tracing === undefined ? start() : traceMirror(this, tracing, start);
  }

  /** A stream is read within the mirror's own time: what is compared is what was kept of it. */
  #whole(reply: unknown): unknown {
    if (typeof reply !== 'object' || reply === null) return reply;
    const read = (value: unknown): unknown =>
      mirroredStream(value, () => this.signal, this.owner.maxReplyBytes);
    return isThenable(reply) ? Promise.resolve(reply).then(read) : read(reply);
  }

  commit(): void {
    throw new CutoverError(
      'ERR_CUTOVER_SUPERSEDED',
      `A mirrored run of route "${this.route}" cannot commit: its reply is thrown away, so it must not act.`,
    );
  }

  report(facts: ReportedFacts): void {
    this.facts = { ...this.facts, ...facts };
  }

  history(limit?: number): Promise<readonly Turn[]> {
    return historyOf(this, limit, this.#begun);
  }
}
