import { disregard } from '../attempt.ts';
import type { Clock } from '../time/clock.ts';
import type { Logger } from './logger.ts';

/** Milliseconds in which a repeated warning is counted instead of logged. */
const quietMs = 60_000;

interface Line {
  loggedAt: number;
  suppressed: number;
}

/** Log lines that cannot flood: the first of a kind at once, then one a minute with the number left out. */
export class Warnings {
  readonly #lines = new Map<string, Line>();
  readonly #logger: Logger;
  readonly #clock: Clock;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Warns of something that can happen again, for each thing it is about; `code` and `about` are of a bounded set of words. */
  warn(code: string, message: string, about = ''): void {
    const key = `${code}:${about}`;
    const now = this.#clock.monotonic();
    const line = this.#lines.get(key);
    if (line !== undefined && now - line.loggedAt < quietMs) {
      line.suppressed += 1;
      return;
    }
    const more = line?.suppressed
      ? ` (${line.suppressed} more like it since the last warning)`
      : '';
    this.#lines.set(key, { loggedAt: now, suppressed: 0 });
    this.#log(`[${code}] ${message}${more}`);
  }

  /** Warns of something that stays as it is until the app changes, once for each thing it is about. */
  once(code: string, message: string, about = ''): void {
    const key = `${code} ${about}`;
    if (this.#lines.has(key)) return;
    this.#lines.set(key, { loggedAt: Number.POSITIVE_INFINITY, suppressed: 0 });
    this.#log(`[${code}] ${message}`);
  }

  #log(message: string): void {
    try {
      disregard(this.#logger.warn(`engramia-cutover: ${message}`));
    } catch {
      // A logger that fails has nobody left to be told.
    }
  }
}
