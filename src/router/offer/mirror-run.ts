import { attempt } from '../../core/attempt.ts';
import type { AnsweredCall } from '../../core/call/answered-call.ts';
import type { CallContext } from '../../core/call/call-context.ts';
import { isThenable } from '../../core/call/observation.ts';
import { ownSubject } from '../../core/call/own-subject.ts';
import type { ReportedFacts, Subject, Turn } from '../../core/call/subject.ts';
import type { Comparer } from '../../core/contracts/comparer.ts';
import type { Mirror, TaskWaiter } from '../../core/contracts/exchange.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { CutoverError } from '../../core/errors.ts';
import { retainedSize } from '../../core/retained-size.ts';
import type { Leg, Stage } from '../../core/stage.ts';
import type { Call } from '../call.ts';
import { abandonReply } from '../replies/abandon-reply.ts';
import { isCaptured } from '../replies/exchange-view.ts';
import { FailedReply, keptFailure } from '../replies/failed-reply.ts';
import { mirroredStream } from '../replies/mirrored-stream.ts';
import { streamKindOf } from '../replies/stream-kind.ts';
import type { Route } from '../route/route.ts';
import { isFailure } from '../serve/fallback.ts';
import { invokeWith } from '../serve/invoke.ts';
import { traceMirror } from '../serve/traced.ts';
import { warnUnsendable } from '../serve/warn-unsendable.ts';
import { historyOf } from './history.ts';
import type { OwnTexts } from './own-texts.ts';

/** What a mirror has of its own. */
interface MirrorCopies {
  readonly tenant: string;
  readonly args: unknown[];
  /** Copies the rest. */
  readonly texts: OwnTexts;
  readonly kind: PairRecord['kind'];
  /** Wall time. */
  readonly answeredAt: number;
}

const isStreamed = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && streamKindOf(value) !== undefined;

/**
 * A run of the other leg of a call, or of legacy once more. It has copies of the arguments, and nothing of the call itself. It is
 * also the context that the leg gets: a mirror must not act, and cannot claim that it will.
 */
export class MirrorRun implements Mirror, CallContext, AnsweredCall {
  readonly mirrored = true;
  readonly kind: PairRecord['kind'];
  readonly requestId: string;
  readonly tenant: string;
  readonly subject: Subject;
  readonly stage: Stage;
  readonly leg: Leg;
  readonly answeredAt: number;
  facts: ReportedFacts | undefined = undefined;
  readonly owner: Route;
  readonly waiter: TaskWaiter | undefined;
  /** Its conversation ends here, however long after it the leg runs. */
  readonly #begun: number | undefined;
  readonly #self: unknown;
  readonly #args: unknown[];
  #run: { readonly signal: AbortSignal } | undefined;

  constructor(call: Call, { tenant, args, texts, kind, answeredAt }: MirrorCopies) {
    this.kind = kind;
    this.owner = call.owner;
    this.requestId = call.requestId;
    this.tenant = tenant;
    const subject = ownSubject(call);
    // One that cannot be copied is whatever the app made it.
    this.subject = attempt(() => texts.inSubject(subject)) ?? subject;
    this.stage = call.stage;
    this.leg = kind === 'noise' ? 'legacy' : (call.plan.mirrors as Leg);
    this.answeredAt = answeredAt;
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
    return retainedSize(this.#args) + (attempt(() => this.#subjectBytes()) ?? 0);
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

  /** What the subject's texts take that are no arguments as well. */
  #subjectBytes(): number {
    let units = 0;
    for (const value of Object.values(this.subject)) {
      if (typeof value === 'string' && !this.#args.includes(value)) units += value.length;
    }
    return 2 * units;
  }

  /** A stream is read within the mirror's own time: what is compared is what was kept of it. */
  #whole(reply: unknown): unknown {
    if (typeof reply !== 'object' || reply === null) return reply;
    const read = (value: unknown): unknown => {
      // A whole reply is looked at where it is read.
      const failure = isStreamed(value) ? this.failureOf(value) : undefined;
      if (failure === undefined) {
        return mirroredStream(value, () => this.signal, this.owner.maxReplyBytes);
      }
      abandonReply(value);
      throw failure;
    };
    const failed = (reason: unknown): never => {
      if (this.leg === 'candidate') warnUnsendable(this.owner, reason);
      throw reason;
    };
    return isThenable(reply) ? Promise.resolve(reply).then(read, failed) : read(reply);
  }

  failureOf(reply: unknown): Error | undefined {
    const hasFailed = isCaptured(reply) ? keptFailure(reply) : isFailure(this, reply);
    return hasFailed ? new FailedReply(reply) : undefined;
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
