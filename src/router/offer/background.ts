import { attempt, disregard } from '../../core/attempt.ts';
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
  waitUntil?: (promise: Promise<unknown>) => void;
  /** Milliseconds that one call's shadow work is waited for. @default 10_000 */
  deadlineMs?: number | (() => number);
}

/** What the wait for a call's shadow work needs of the call. */
export interface Held {
  /** Tasks of the call that have not ended. */
  outstanding: number;
  /** Called when the last has ended. */
  release?: (() => void) | undefined;
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
  hold(call: Held, offered?: Promise<void>): Promise<void> | undefined {
    if (offered === undefined && call.outstanding === 0) return undefined;
    const ended = this.#ended(call, offered);
    if (this.#options.mode === 'await') return ended;
    const waitUntil = call.waitUntil ?? this.#options.waitUntil;
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

  async #ended(call: Held, offered: Promise<void> | undefined): Promise<void> {
    const ms = this.#deadlineMs();
    const tasks = async (): Promise<void> => {
      await offered;
      if (call.outstanding > 0) await new Promise<void>((resolve) => (call.release = resolve));
    };
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, ms);
      keepAliveBy(timer);
    });
    await Promise.race([tasks(), late]);
    this.#clock.clearTimeout(timer);
  }
}
