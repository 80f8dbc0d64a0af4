import type { Clock } from '../core/clock.ts';
import type { Divergence, HeldReply } from '../core/comparer.ts';
import type { SkipReason } from '../core/counts.ts';
import { CutoverError } from '../core/errors.ts';
import type { Reporter } from '../core/events.ts';
import type { LearnPolicy, Mirror } from '../core/exchange.ts';
import { isThenable, type Observation } from '../core/observation.ts';
import { usageOf } from '../core/reported-facts.ts';
import type { ReplyView } from '../core/subject.ts';
import type { BudgetGuard } from './budget-guard.ts';
import { type EndedLeg, inPlaces } from './ended-leg.ts';
import { legFacts } from './leg-facts.ts';
import { MirrorTale } from './mirror-tale.ts';
import { MirrorTask } from './mirror-task.ts';
import type { PairOutlet } from './pair-outlet.ts';
import { fixedBytes, retainedBytes } from './retained-bytes.ts';
import { textFacts } from './text-facts.ts';
import type { Ending, LaneWork, Prepared, RunHandle, RunResult } from './work.ts';

/** A mirror that can start: it holds copies, and of the served reply no more than is compared. */
interface ReadyMirror {
  readonly mirror: Mirror;
  readonly task: MirrorTask;
  readonly view: LearnPolicy['view'];
  /** Undefined: nobody wants to compare. */
  readonly served: EndedLeg | undefined;
  mirrored: EndedLeg | undefined;
  startedAt: number | undefined;
  /** Whether it was told what became of the exchange. */
  isPaired: boolean;
  /** Tokens that the budget was told of. */
  spent: number;
}

/** What mirror work is made of. */
export interface MirrorWorkSetup {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly isKilled?: (() => boolean) | undefined;
  /** Undefined: pairs go nowhere. */
  readonly outlet?: PairOutlet | undefined;
  /** Undefined: nothing bounds what mirrors use. */
  readonly budget?: BudgetGuard | undefined;
}

/** What the mirror lane does with a served call: run a leg of it in the caller's async context, and tell of both runs. */
export class MirrorWork implements LaneWork<MirrorTask, ReadyMirror> {
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #isKilled: () => boolean;
  readonly #budget: BudgetGuard | undefined;
  readonly #tale: MirrorTale;

  constructor({ clock, reporter, isKilled = () => false, outlet, budget }: MirrorWorkSetup) {
    this.#clock = clock;
    this.#reporter = reporter;
    this.#isKilled = isKilled;
    this.#budget = budget;
    this.#tale = new MirrorTale({ clock, reporter, outlet });
  }

  tenantOf(task: MirrorTask): string {
    return task.subject.tenant;
  }

  sizeOf({ exchange }: MirrorTask): number {
    return retainedBytes(exchange);
  }

  prepare(
    task: MirrorTask,
    tenant: string,
  ): Prepared<ReadyMirror> | SkipReason | Promise<Prepared<ReadyMirror>> {
    const { exchange } = task;
    if (this.#budget !== undefined) {
      if (!this.#budget.take(exchange.tenant)) return 'budget';
      task.isBudgeted = true;
    }
    let mirror: Mirror;
    try {
      mirror = exchange.toMirror(tenant);
    } catch (error) {
      const { route } = exchange;
      this.#reporter.contained('snapshot', error, { route, tenant });
      return 'unreadable';
    }
    const { view } = exchange.learning;
    const ready = (served: EndedLeg | undefined): Prepared<ReadyMirror> => {
      task.become(mirror);
      const bytes = fixedBytes + mirror.bytes + (served?.held?.bytes ?? 0);
      const notYet = { mirrored: undefined, startedAt: undefined, isPaired: false, spent: 0 };
      return { ready: { mirror, task, view, served, ...notYet }, bytes };
    };
    if (!this.#tale.isHeard) return ready(undefined);
    return this.#endOf(exchange.served, view, mirror, exchange.facts).then(ready);
  }

  async run(ready: ReadyMirror, handle: RunHandle): Promise<RunResult> {
    // What was offered before a kill must not outlive it in the queue.
    if (this.#isKilled()) return 'aborted';
    const { mirror, task, view, served } = ready;
    ready.startedAt = this.#clock.monotonic();
    const observation = await task.runInAsyncScope(() =>
      this.#observe(mirror, ready.startedAt as number, handle),
    );
    // Also of a run that was given up long ago: what it used is used.
    this.#spend(ready);
    if (handle.over || served === undefined) return 'stored';
    ready.mirrored = await this.#endOf(observation, view, mirror, mirror.facts);
    if (handle.over) return 'stored';
    const divergence = await divergenceOf(mirror, served.held, ready.mirrored.held, handle);
    if (!handle.over) this.#compared(ready, served, ready.mirrored, divergence);
    return 'stored';
  }

  ended(what: MirrorTask | ReadyMirror, ending: Ending, error?: unknown): void {
    const isReady = !(what instanceof MirrorTask);
    const task = isReady ? what.task : what;
    const exchange = isReady ? what.mirror : what.subject;
    if (isReady && ending === 'timedOut') this.#late(what);
    if (isReady) this.#spend(what);
    if (task.isBudgeted) this.#budget?.release(exchange.tenant);
    this.#tale.ended(exchange, ending, isReady && what.isPaired, error);
    exchange.waiter?.taskEnded();
    // Tools that follow async resources are told of this one's end, too.
    task.emitDestroy();
  }

  /** The one border of a mirrored leg: whatever it throws becomes an observation. */
  async #observe(mirror: Mirror, startedAt: number, run: RunHandle): Promise<Observation> {
    const { leg } = mirror;
    try {
      const reply = mirror.start(run);
      const value = isThenable(reply) ? await reply : reply;
      return { leg, status: 'fulfilled', value, durationMs: this.#clock.monotonic() - startedAt };
    } catch (reason) {
      return { leg, status: 'rejected', reason, durationMs: this.#clock.monotonic() - startedAt };
    }
  }

  async #endOf(
    observation: Observation,
    view: LearnPolicy['view'],
    { route, tenant, comparer }: Mirror,
    reported: Mirror['facts'],
  ): Promise<EndedLeg> {
    let read: ReplyView | undefined;
    try {
      if (observation.status === 'fulfilled') read = await view(observation.value);
    } catch (error) {
      this.#reporter.contained('view', error, { route, tenant });
    }
    const text = typeof read?.text === 'string' ? textFacts(read.text) : undefined;
    return {
      facts: legFacts(observation, read, reported, isThenable(text) ? await text : text),
      held: comparer?.hold(observation, read, reported),
    };
  }

  /** A mirror that ran out of time is a finding, not a gap. One that had answered was compared for too long. */
  #late(ready: ReadyMirror): void {
    const { mirror, served, mirrored, startedAt } = ready;
    if (served === undefined || startedAt === undefined) return;
    if (mirrored !== undefined) {
      this.#compared(ready, served, mirrored);
      return;
    }
    const reason = new CutoverError('ERR_CUTOVER_DEADLINE', 'The mirror ran past its deadline.');
    const durationMs = this.#clock.monotonic() - startedAt;
    const ended: Observation = { leg: mirror.leg, status: 'rejected', reason, durationMs };
    const held = mirror.comparer?.hold(ended, undefined, undefined);
    const late = { facts: legFacts(ended, undefined, mirror.facts, undefined), held };
    // What has failed is compared at once.
    const divergence = divergenceOf(mirror, served.held, held, { signal: over });
    this.#compared(ready, served, late, isThenable(divergence) ? undefined : divergence);
  }

  #compared(ready: ReadyMirror, ...legs: [EndedLeg, EndedLeg, Divergence?]): void {
    ready.isPaired = true;
    this.#tale.compared(ready.mirror, ...legs);
  }

  #spend(ready: ReadyMirror): void {
    const usage = this.#budget && usageOf(ready.mirror.facts);
    if (usage === undefined) return;
    const more = usage.inputTokens + usage.outputTokens - ready.spent;
    if (more <= 0) return;
    ready.spent += more;
    this.#budget?.spend(ready.mirror.tenant, more);
  }
}

const over = AbortSignal.abort();

/** What differs between both replies, whichever leg was served. */
function divergenceOf(
  mirror: Mirror,
  served: HeldReply | undefined,
  mirrored: HeldReply | undefined,
  run: { readonly signal: AbortSignal },
): Divergence | undefined | Promise<Divergence | undefined> {
  const { comparer, subject } = mirror;
  if (comparer === undefined || served === undefined || mirrored === undefined) return undefined;
  const [legacy, candidate] = inPlaces(mirror, served, mirrored);
  return comparer.compare({
    legacy,
    candidate,
    task: subject.task,
    get signal() {
      return run.signal;
    },
  });
}
