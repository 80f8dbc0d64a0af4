import type { Moment } from '../core/contracts/transcript.ts';
import { keyCopy } from '../core/text/text.ts';
import type { Clock } from '../core/time/clock.ts';

/** Conversations that are remembered before those are looked for that need not be. */
const leastMost = 1024;

/**
 * The time by which exchanges of a conversation are told apart: whole milliseconds that never go back and are given to no
 * two exchanges of a conversation.
 */
export class Moments {
  readonly #clock: Pick<Clock, 'now'>;
  /** The last moment that was given, for conversations in which it may still be now. */
  readonly #given = new Map<string, number>();
  #latest = 0;
  #most = leastMost;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** After all that were given, and before all that will be. */
  now(key: string): number {
    this.#latest = Math.max(this.#latest, Math.floor(this.#clock.now()));
    return Math.max(this.#latest, (this.#given.get(key) ?? 0) + 1);
  }

  /** The next one of a conversation. */
  give(key: string): Moment {
    const at = this.now(key);
    const answeredAt = Math.floor(this.#clock.now());
    this.#given.set(keyCopy(key), at);
    if (this.#given.size > this.#most) this.#forget();
    return answeredAt < at ? { at, answeredAt } : { at };
  }

  #forget(): void {
    this.#forgetBefore(this.#latest);
    // So many of one moment: the clock was set back, and it stays the same moment until that time has come again.
    if (this.#given.size > leastMost) {
      this.#latest += 1;
      this.#forgetBefore(this.#latest);
    }
    this.#most = Math.max(leastMost, 2 * this.#given.size);
  }

  #forgetBefore(moment: number): void {
    for (const [key, at] of this.#given) if (at < moment) this.#given.delete(key);
  }
}
