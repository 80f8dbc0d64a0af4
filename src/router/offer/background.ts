import { attempt, disregard } from '../../core/attempt.ts';
import type { TaskWaiter } from '../../core/contracts/exchange.ts';
import type { Reporter } from '../../core/events/events.ts';
import { type Clock, keepAliveBy, longestTimerMs } from '../../core/time/clock.ts';

/** How shadow work relates to the caller's response. */
export interface BackgroundOptions {
  /**
   * `detached`: it goes on by itself, for servers. `waitUntil`: its promise is handed to the platform. `await`: the reply
   * waits for it, for platforms that freeze after the response; this knowingly gives up non-interference. A stream or a
   * `Response` cannot wait for what follows its own end, so the adapters refuse `await`.
   */
  mode: 'detached' | 'waitUntil' | 'await';
  /** The platform's function; a call's own `waitUntil` comes first. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Milliseconds that one call's shadow work is waited for. @default 10_000 */
  deadlineMs?: number | (() => number) | undefined;
}

/** The shadow work of one call, as whoever waits for it knows it: nothing of the call, which need not wait as long. */
export class HeldTasks implements TaskWaiter {
  #left = 0;
  #tell: (() => void) | undefined;

  /** Tasks that have not ended. */
  get left(): number {
    return this.#left;
  }

  taskBegun(): void {
    this.#left += 1;
  }

  taskEnded(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#tell?.();
  }

  /** Resolves once none is left; asked once. */
  async ended(): Promise<void> {
    if (this.#left > 0) await new Promise<void>((resolve) => (this.#tell = resolve));
  }
}

/** What the wait for a call's shadow work needs of the call. */
export interface Held {
  readonly waiter: HeldTasks | undefined;
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined;
}

const defaultDeadlineMs = 10_000;

const nobodyWaits =
  'background.mode is "waitUntil", but a call came without the platform\'s waitUntil, and the options have none: where the process ' +
  'freezes, its work is lost. Hand it over with the call, { waitUntil }, or give background.waitUntil.';

/** Keeps a platform, or the caller, waiting for a call's shadow work; never longer than the deadline. */
export class Background {
  readonly #options: BackgroundOptions;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #warnOnce: (code: string, message: string) => void;

  constructor(
    options: BackgroundOptions,
    clock: Clock,
    around: { reporter: Reporter; warnOnce: (code: string, message: string) => void },
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#reporter = around.reporter;
    this.#warnOnce = around.warnOnce;
  }

  /** A promise if the caller has to wait; the platform's wait is arranged here. Never throws. */
  hold(
    { waiter: tasks, waitUntil: own }: Held,
    offered?: Promise<void>,
  ): Promise<void> | undefined {
    if (tasks === undefined || (offered === undefined && tasks.left === 0)) return undefined;
    const ended = this.#ended(tasks, offered);
    if (this.#options.mode === 'await') return ended;
    const waitUntil = own ?? this.#options.waitUntil;
    if (waitUntil === undefined) this.#warnOnce('waitUntil', nobodyWaits);
    try {
      disregard(waitUntil?.(ended));
    } catch (error) {
      this.#reporter.contained('waitUntil', error);
    }
    return undefined;
  }

  /** The app's own answer if it is a time; else the default, since a caller waits. */
  #deadlineMs(): number {
    const { deadlineMs = defaultDeadlineMs } = this.#options;
    if (typeof deadlineMs === 'number') return deadlineMs;
    const ms: unknown = attempt(deadlineMs);
    disregard(ms);
    return typeof ms === 'number' && ms >= 0 ? Math.min(ms, longestTimerMs) : defaultDeadlineMs;
  }

  async #ended(tasks: HeldTasks, offered = Promise.resolve()): Promise<void> {
    const ms = this.#deadlineMs();
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, ms);
      keepAliveBy(timer);
    });
    await Promise.race([offered.then(() => tasks.ended()), late]);
    this.#clock.clearTimeout(timer);
  }
}
