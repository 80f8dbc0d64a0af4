import { type FlushReport, noCounts } from './core/contracts/counts.ts';
import type { OwnedLane } from './core/contracts/lane.ts';
import { inRootScope } from './core/root-scope.ts';
import { type Clock, longestTimerMs } from './core/time/clock.ts';
import type { ProviderLifecycle } from './flags/source/lifecycle.ts';
import { Drain } from './shadow/lane/drain.ts';
import type { OwnedConversations } from './transcript/create-conversations.ts';

const defaultTimeoutMs = 10_000;

type Waited = Pick<OwnedLane<never>, 'flush' | 'close'>;

/** What is to be waited for, and ended. */
export interface ShutdownParts {
  /** Absent: nothing is learned. */
  readonly learnLane: Waited | undefined;
  readonly mirrorLane: Waited;
  /** Absent: there is none to look for. */
  readonly killFile?: { close(): void } | undefined;
  readonly lifecycle: Pick<ProviderLifecycle, 'close'>;
  /** Undefined while no turns are kept or handed back. */
  readonly conversations: () => Pick<OwnedConversations, 'pending' | 'close' | 'abort'> | undefined;
  readonly clock: Clock;
  /** When it aborts, everything is closed. */
  readonly signal: AbortSignal | undefined;
}

/** How a cutover's background work is waited for, and how it ends: all parts of an end share one deadline. */
export class Shutdown {
  readonly #parts: ShutdownParts;
  #closing: Promise<FlushReport> | undefined;
  /** When the end is due, on the monotonic clock; whoever closes again may bring it forward. */
  #dueAt = Number.POSITIVE_INFINITY;
  #providerIsClosed = false;
  readonly #provider: Drain;
  readonly #turns: Drain;
  #leaveSignal: () => void = () => undefined;

  constructor(parts: ShutdownParts) {
    this.#parts = parts;
    this.#provider = new Drain(parts.clock, () => this.#providerIsClosed);
    this.#turns = new Drain(parts.clock, () => this.#turnsAreDone());
    this.#closeWith(parts.signal);
  }

  get hasBegun(): boolean {
    return this.#closing !== undefined;
  }

  flush(options: { timeoutMs?: number } | undefined): Promise<FlushReport> {
    const timeoutMs = timeoutOf(options);
    return this.#both((lane) => lane.flush(timeoutMs), timeoutMs);
  }

  close(options?: { timeoutMs?: number }): Promise<FlushReport> {
    const timeoutMs = timeoutOf(options);
    this.#dueAt = Math.min(this.#dueAt, this.#parts.clock.monotonic() + timeoutMs);
    if (this.#closing === undefined) this.#closing = inRootScope(() => this.#end(timeoutMs));
    else this.#hurry(timeoutMs);
    return this.#closing;
  }

  /** Less is left to be recorded or handed back than before. */
  turnsEnded(): void {
    this.#turns.check();
  }

  /** The lanes first: a call that is being served may still ask its flag. */
  async #end(timeoutMs: number): Promise<FlushReport> {
    this.#leaveSignal();
    this.#parts.killFile?.close();
    this.#parts.conversations()?.close();
    const report = await this.#both((lane) => lane.close(timeoutMs), timeoutMs);
    this.#parts.conversations()?.abort();
    const leftMs = Math.max(0, this.#dueAt - this.#parts.clock.monotonic());
    void this.#parts.lifecycle.close(leftMs).then(() => {
      this.#providerIsClosed = true;
      this.#provider.check();
    });
    await this.#provider.wait(leftMs);
    return report;
  }

  #hurry(timeoutMs: number): void {
    void this.#both((lane) => lane.close(timeoutMs), timeoutMs);
    this.#turns.hurry(timeoutMs);
    this.#provider.hurry(timeoutMs);
  }

  #turnsAreDone(): boolean {
    return (this.#parts.conversations()?.pending ?? 0) === 0;
  }

  async #both(
    end: (lane: Waited) => ReturnType<Waited['flush']>,
    timeoutMs: number,
  ): Promise<FlushReport> {
    const { learnLane, mirrorLane } = this.#parts;
    const [learn, mirror] = await Promise.all([
      learnLane === undefined ? { counts: noCounts, drained: true } : end(learnLane),
      end(mirrorLane),
      this.#turns.wait(timeoutMs),
    ]);
    return {
      learn: learn.counts,
      mirror: mirror.counts,
      drained: learn.drained && mirror.drained && this.#turnsAreDone(),
    };
  }

  #closeWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const close = (): void => void this.close();
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
    this.#leaveSignal = () => signal.removeEventListener('abort', close);
  }
}

/** A shutdown must not fail on its own options: what is no time is the default, and none is longer than a timer can be. */
function timeoutOf(options: { timeoutMs?: number } | undefined): number {
  const whole: unknown = options;
  // The time itself in the place of the options is meant as such.
  const isBare = typeof whole === 'number' || typeof whole === 'string';
  const { timeoutMs: given }: { timeoutMs?: unknown } = isBare
    ? { timeoutMs: whole }
    : (options ?? {});
  // As a variable of the environment holds it. An empty one is no time, and `null` is none either: both read as 0.
  const timeoutMs = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  const isTime = typeof timeoutMs === 'number' && timeoutMs >= 0;
  return isTime ? Math.min(timeoutMs, longestTimerMs) : defaultTimeoutMs;
}
