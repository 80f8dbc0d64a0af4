import { isThenable, type Observation } from '../../core/call/observation.ts';
import { usageOf } from '../../core/call/reported-facts.ts';
import type { Divergence } from '../../core/contracts/comparer.ts';
import type { SkipReason } from '../../core/contracts/counts.ts';
import type { Mirror } from '../../core/contracts/exchange.ts';
import { CutoverError } from '../../core/errors.ts';
import type { Reporter } from '../../core/events/events.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { BudgetGuard } from '../budget/budget-guard.ts';
import { retainedBytes } from '../retained-bytes.ts';
import type { Ending, LaneWork, Owner, Prepared, RunHandle, RunResult } from '../work.ts';
import { divergenceOf, type EndedLeg } from './ended-leg.ts';
import { legFacts } from './leg-facts.ts';
import { LegReader } from './leg-reader.ts';
import { MirrorTale } from './mirror-tale.ts';
import { MirrorTask } from './mirror-task.ts';
import type { PairOutlet } from './pair-outlet.ts';
import { preparedMirror, type ReadyMirror } from './ready-mirror.ts';

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
  readonly #reader: LegReader;

  constructor({ clock, reporter, isKilled = () => false, outlet, budget }: MirrorWorkSetup) {
    this.#clock = clock;
    this.#reporter = reporter;
    this.#isKilled = isKilled;
    this.#budget = budget;
    this.#tale = new MirrorTale({ clock, reporter, outlet });
    this.#reader = new LegReader(reporter);
  }

  tenantOf(task: MirrorTask): string {
    return task.subject.tenant;
  }

  sizeOf({ exchange }: MirrorTask): number {
    return retainedBytes(exchange);
  }

  prepare(
    task: MirrorTask,
    { tenant }: Owner,
    isNow: boolean,
  ): Prepared<ReadyMirror> | SkipReason | Promise<Prepared<ReadyMirror>> {
    const { exchange } = task;
    if (this.#budget !== undefined) {
      if (!this.#budget.take(exchange.tenant)) return 'budget';
      task.isBudgeted = true;
    }
    const { isHeard } = this.#tale;
    let mirror: Mirror;
    try {
      // Whose served reply has to be read may wait for that.
      mirror = exchange.toMirror(tenant, isNow && !isHeard);
    } catch (error) {
      const { route } = exchange;
      this.#reporter.contained('snapshot', error, { route, tenant });
      return 'unreadable';
    }
    const { view } = exchange.learning;
    if (!isHeard) return preparedMirror(mirror, task, view, undefined);
    const served = this.#reader.endOf(exchange.served, view, mirror, exchange.facts);
    return served instanceof Promise
      ? served.then((ended) => preparedMirror(mirror, task, view, ended))
      : preparedMirror(mirror, task, view, served);
  }

  run(ready: ReadyMirror, handle: RunHandle): RunResult | Promise<RunResult> {
    // What was offered before a kill must not outlive it in the queue.
    if (this.#isKilled()) return 'aborted';
    return ready.served === undefined
      ? this.#runUnheard(ready, handle)
      : this.#runHeard(ready, ready.served, handle);
  }

  /** Nobody wants to know how it ends, so nothing is made of that. */
  async #runUnheard(ready: ReadyMirror, handle: RunHandle): Promise<RunResult> {
    try {
      await ready.task.runInAsyncScope(startIn, undefined, ready.mirror, handle);
      ready.hasAnswered = true;
    } catch {
      // What a mirrored leg throws is an observation, and nobody wants one.
    }
    this.#spend(ready);
    return 'stored';
  }

  async #runHeard(ready: ReadyMirror, served: EndedLeg, handle: RunHandle): Promise<RunResult> {
    const { mirror, task, view } = ready;
    const startedAt = this.#clock.monotonic();
    ready.startedAt = startedAt;
    const observation = await task.runInAsyncScope(() => this.#observe(mirror, startedAt, handle));
    ready.hasAnswered = observation.status === 'fulfilled';
    // Also of a run that was given up long ago: what it used is used.
    this.#spend(ready);
    if (handle.over) return 'stored';
    const mirrored = await this.#reader.endOf(observation, view, mirror, mirror.facts);
    ready.mirrored = mirrored;
    if (handle.over) return 'stored';
    const divergence = await divergenceOf(mirror, served.held, mirrored.held, handle, (soFar) => {
      ready.soFar = soFar;
    });
    if (!handle.over) this.#compared(ready, served, mirrored, divergence);
    return 'stored';
  }

  ended(what: MirrorTask | ReadyMirror, ending: Ending, error?: unknown): void {
    const isReady = !(what instanceof MirrorTask);
    const task = isReady ? what.task : what;
    const exchange = isReady ? what.mirror : what.subject;
    if (isReady && ending === 'timedOut') this.#late(what);
    if (isReady) {
      this.#spend(what);
      this.#hear(what);
    }
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

  /** A mirror that ran out of time is a finding, not a gap. One that had answered was compared for too long. */
  #late(ready: ReadyMirror): void {
    const { mirror, served, mirrored, startedAt } = ready;
    if (served === undefined || startedAt === undefined) return;
    if (mirrored !== undefined) {
      this.#compared(ready, served, mirrored, ready.soFar?.());
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

  #hear({ mirror, hasAnswered }: ReadyMirror): void {
    if (this.#budget === undefined) return;
    const hasTokens = usageOf(mirror.facts) !== undefined;
    if (hasTokens || hasAnswered) this.#budget.heard(hasTokens);
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

/** A thenable of the app's own is assimilated here, where the leg's async context is. */
function startIn(mirror: Mirror, run: RunHandle): unknown {
  const reply = mirror.start(run);
  return isThenable(reply) ? Promise.resolve(reply) : reply;
}

const over = AbortSignal.abort();
