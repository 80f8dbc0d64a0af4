import type { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../core/clock.ts';
import type { Divergence, HeldReply } from '../core/comparer.ts';
import type { SkipReason } from '../core/counts.ts';
import { CutoverError } from '../core/errors.ts';
import { type CutoverEvents, errorFacts, type LegFacts, type Reporter } from '../core/events.ts';
import type { LearnPolicy, Mirror } from '../core/exchange.ts';
import { isThenable, type Observation } from '../core/observation.ts';
import type { ReplyView } from '../core/subject.ts';
import { legFacts } from './leg-facts.ts';
import { MirrorTask } from './mirror-task.ts';
import { fixedBytes, retainedBytes } from './retained-bytes.ts';
import type { Ending, LaneWork, Prepared, RunHandle, RunResult } from './work.ts';

/** How a leg ended: what is told of it, and what is compared. */
interface Ended {
  readonly facts: LegFacts;
  readonly held: HeldReply | undefined;
}

/** A mirror that can start: it holds copies, and of the served reply no more than is compared. */
interface ReadyMirror {
  readonly mirror: Mirror;
  readonly scope: AsyncResource;
  readonly view: LearnPolicy['view'];
  /** Undefined: nobody wants to compare. */
  readonly served: Ended | undefined;
  mirrored: Ended | undefined;
  startedAt: number | undefined;
}

interface MirrorWorkSetup {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly isKilled?: (() => boolean) | undefined;
}

/** What the mirror lane does with a served call: run its other leg in the caller's async context, and tell of both. */
export class MirrorWork implements LaneWork<MirrorTask, ReadyMirror> {
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #isKilled: () => boolean;

  constructor({ clock, reporter, isKilled = () => false }: MirrorWorkSetup) {
    this.#clock = clock;
    this.#reporter = reporter;
    this.#isKilled = isKilled;
  }

  tenantOf(task: MirrorTask): string {
    return task.subject.tenant;
  }

  sizeOf({ exchange }: MirrorTask): number {
    return retainedBytes(exchange);
  }

  prepare(task: MirrorTask): Prepared<ReadyMirror> | SkipReason | Promise<Prepared<ReadyMirror>> {
    const { exchange } = task;
    let mirror: Mirror;
    try {
      mirror = exchange.toMirror();
    } catch (error) {
      const { route, tenant } = exchange;
      this.#reporter.contained('snapshot', error, { route, tenant });
      return 'unreadable';
    }
    const { view } = exchange.learning;
    const ready = (served: Ended | undefined): Prepared<ReadyMirror> => {
      task.become(mirror);
      const bytes = fixedBytes + mirror.bytes + (served?.held?.bytes ?? 0);
      const notYet = { mirrored: undefined, startedAt: undefined };
      return { ready: { mirror, scope: task, view, served, ...notYet }, bytes };
    };
    if (!this.#reporter.wants('compared')) return ready(undefined);
    return this.#endOf(exchange.served, view, mirror, exchange.facts).then(ready);
  }

  async run(ready: ReadyMirror, handle: RunHandle): Promise<RunResult> {
    // What was offered before a kill must not outlive it in the queue.
    if (this.#isKilled()) return 'aborted';
    const { mirror, scope, view, served } = ready;
    ready.startedAt = this.#clock.monotonic();
    const observation = await scope.runInAsyncScope(() =>
      this.#observe(mirror, ready.startedAt as number, handle),
    );
    if (handle.over || served === undefined) return 'stored';
    ready.mirrored = await this.#endOf(observation, view, mirror, mirror.facts);
    if (handle.over) return 'stored';
    const divergence = await divergenceOf(mirror, served.held, ready.mirrored.held, handle);
    if (!handle.over) this.#compared(mirror, served, ready.mirrored, divergence);
    return 'stored';
  }

  ended(what: MirrorTask | ReadyMirror, ending: Ending, error?: unknown): void {
    const isReady = !(what instanceof MirrorTask);
    const exchange = isReady ? what.mirror : what.subject;
    if (isReady && ending === 'timedOut') this.#late(what);
    if (isOutcome(ending) && this.#reporter.wants('settled')) {
      const { route, requestId, tenant, stage } = exchange;
      const told = error === undefined ? {} : { error: errorFacts(error) };
      const event = { route, requestId, tenant, stage, lane: 'mirror', outcome: ending, ...told };
      this.#reporter.emit('settled', event as CutoverEvents['settled']);
    }
    exchange.waiter?.taskEnded();
    // Tools that follow async resources are told of this one's end, too.
    (isReady ? what.scope : what).emitDestroy();
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
  ): Promise<Ended> {
    let read: ReplyView | undefined;
    try {
      if (observation.status === 'fulfilled') read = await view(observation.value);
    } catch (error) {
      this.#reporter.contained('view', error, { route, tenant });
    }
    return {
      facts: legFacts(observation, read, reported),
      held: comparer?.hold(observation, read, reported),
    };
  }

  /** A mirror that ran out of time is a finding, not a gap. One that had answered was compared for too long. */
  #late({ mirror, served, mirrored, startedAt }: ReadyMirror): void {
    if (served === undefined || startedAt === undefined) return;
    if (mirrored !== undefined) {
      this.#compared(mirror, served, mirrored);
      return;
    }
    const reason = new CutoverError('ERR_CUTOVER_DEADLINE', 'The mirror ran past its deadline.');
    const durationMs = this.#clock.monotonic() - startedAt;
    const ended: Observation = { leg: mirror.leg, status: 'rejected', reason, durationMs };
    const held = mirror.comparer?.hold(ended, undefined, undefined);
    const late = { facts: legFacts(ended, undefined, undefined), held };
    // What has failed is compared at once.
    const divergence = divergenceOf(mirror, served.held, held, { signal: over });
    this.#compared(mirror, served, late, isThenable(divergence) ? undefined : divergence);
  }

  #compared(mirror: Mirror, served: Ended, mirrored: Ended, divergence?: Divergence): void {
    const { route, requestId, tenant, stage } = mirror;
    this.#reporter.emit('compared', {
      route,
      requestId,
      tenant,
      stage,
      served: served.facts,
      mirrored: mirrored.facts,
      ...(divergence && { divergence }),
    });
  }
}

const over = AbortSignal.abort();

/** What differs between both replies, whichever leg was served. */
function divergenceOf(
  { comparer, leg, subject }: Mirror,
  served: HeldReply | undefined,
  mirrored: HeldReply | undefined,
  run: { readonly signal: AbortSignal },
): Divergence | undefined | Promise<Divergence | undefined> {
  if (comparer === undefined || served === undefined || mirrored === undefined) return undefined;
  const [legacy, candidate] = leg === 'candidate' ? [served, mirrored] : [mirrored, served];
  return comparer.compare({
    legacy,
    candidate,
    task: subject.task,
    get signal() {
      return run.signal;
    },
  });
}

const dropReasons: ReadonlySet<Ending> = new Set(['count', 'bytes', 'tenant', 'closed']);

/** Drops have an event of their own. */
const isOutcome = (ending: Ending): boolean => !dropReasons.has(ending);
