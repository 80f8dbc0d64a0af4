import { dayOf } from '../../core/time/day.ts';
import { dayMs } from '../../core/time/spans.ts';

/** On how many days there was something to compare, UTC. */
export interface Volume {
  /** Days with pairs. */
  readonly days: number;
  /** Days with pairs without a day between them, up to the last one. */
  readonly inARow: number;
  /** Days in a row that were asked for. */
  readonly asked: number;
  /** The first and the last day with pairs, `YYYY-MM-DD`. */
  readonly first?: string;
  /** The same of the last one. */
  readonly last?: string;
  /** Days on which there was something to compare and nothing was. */
  readonly empty: readonly string[];
}

/** Days that are told apart; beyond them there is nothing to learn from a report. */
const mostDays = 4_000;
/** Empty days that are told, the last ones. */
const mostEmpty = 10;

const dateOf = (day: number): string => dayOf(day * dayMs);

/** Counts the days. */
export class VolumeDays {
  /** Whether there were pairs on a day. */
  readonly #days = new Map<number, boolean>();

  pair(at: number): void {
    this.#set(at, true);
  }

  miss(at: number): void {
    this.#set(at, false);
  }

  volume(asked: number): Volume {
    const days = [...this.#days].sort(([a], [b]) => a - b);
    const full = days.flatMap(([day, hasPairs]) => (hasPairs ? [day] : []));
    const last = full.at(-1);
    let inARow = 0;
    while (last !== undefined && full.at(-1 - inARow) === last - inARow) inARow += 1;
    const empty = days.flatMap(([day, hasPairs]) => (hasPairs ? [] : [dateOf(day)]));
    return {
      days: full.length,
      inARow,
      asked,
      ...(last !== undefined && { first: dateOf(full[0] ?? last), last: dateOf(last) }),
      empty: empty.slice(-mostEmpty),
    };
  }

  #set(at: number, hasPairs: boolean): void {
    const day = Math.floor(at / dayMs);
    // A moment that no date can show comes from a clock that is broken.
    if (!Number.isSafeInteger(day) || Math.abs(day) > 100_000_000) return;
    if (this.#days.size >= mostDays && !this.#days.has(day)) return;
    this.#days.set(day, hasPairs || this.#days.get(day) === true);
  }
}
