import type { PairDay, TrafficDay } from '../core/contracts/evidence-store.ts';
import { inPieces } from '../core/pieces.ts';
import { sortedInTurns } from './sorted-in-turns.ts';
import { textKey } from './text-key.ts';

/** What is counted: compared pairs, or what was served. */
export type Book = 'pairs' | 'traffic';

/** One number of one day. */
export interface Tally {
  readonly day: string;
  /** What is counted, as a JSON array of names: phase, tenant, route, and what the book tells apart besides. */
  readonly slice: string;
  /** The tenant's and the phase's keys. */
  readonly tenant: string;
  readonly phase: string;
  readonly metric: string;
  readonly value: number;
}

/** A number as a database keeps it. */
export interface TallyRow extends Tally {
  /** The whole of a slice that stands as a hash, else empty. */
  readonly names: string;
}

/** The longest name of a count that is kept whole, code units: names are words of a bounded set. */
const longestMetric = 100;

/** Adds numbers up by day, slice and metric, so that each is written once. */
export class TallySheet {
  readonly #tallies = new Map<string, Tally & { value: number }>();

  add(day: string, names: readonly [string, string, ...string[]], metric: string, value: number) {
    if (!Number.isFinite(value) || value === 0) return;
    const slice = JSON.stringify(names);
    const name = metric.slice(0, longestMetric);
    const key = JSON.stringify([day, slice, name]);
    const known = this.#tallies.get(key);
    if (known !== undefined) known.value += value;
    else {
      const [phase, tenant] = names.map(textKey) as [string, string];
      this.#tallies.set(key, { day, slice, tenant, phase, metric: name, value });
    }
  }

  /** In one order everywhere: two writers that take rows in different orders would wait for one another. */
  tallies(): readonly Tally[] {
    return [...this.#tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => tally);
  }

  /** The same of many, others getting their turn in between. */
  async talliesInTurns(): Promise<readonly Tally[]> {
    const keyed = Array.from(this.#tallies, ([key, tally]) => ({ key, tally }));
    return (await sortedInTurns(keyed)).map(({ tally }) => tally);
  }
}

interface Slice {
  readonly key: string;
  readonly day: string;
  readonly names: string[];
  readonly counts: Map<string, number>;
}

/** Tallies, or slices, that are looked at in one turn of the event loop: there are some of each tenant and day. */
const atOnce = 2_000;

/** The days of a book, each slice with all its counts. */
async function group<Day>(
  tallies: readonly Tally[],
  toDay: (day: string, names: string[], counts: object) => Day,
): Promise<Day[]> {
  const slices = new Map<string, Slice>();
  let [last, isSorted] = ['', true];
  await inPieces(tallies, atOnce, async (piece) => {
    for (const { day, slice, metric, value } of piece) {
      const key = day + slice;
      let row = slices.get(key);
      if (row === undefined) {
        row = { key, day, names: JSON.parse(slice) as string[], counts: new Map() };
        slices.set(key, row);
        isSorted &&= last < key;
        last = key;
      }
      row.counts.set(metric, value);
    }
  });
  const days: Day[] = [];
  const found = [...slices.values()];
  const sorted = isSorted ? found : await sortedInTurns(found);
  await inPieces(sorted, atOnce, async (piece) => {
    for (const { day, names, counts } of piece) {
      days.push(toDay(day, names, Object.fromEntries(counts)));
    }
  });
  return days;
}

/** The days of pairs. */
export function toPairDays(tallies: readonly Tally[]): Promise<PairDay[]> {
  return group(tallies, (day, [phase, tenant, route, stage, kind], counts) => {
    return { day, phase, tenant, route, stage, kind, counts } as PairDay;
  });
}

/** The days of traffic. */
export function toTrafficDays(tallies: readonly Tally[]): Promise<TrafficDay[]> {
  return group(tallies, (day, [phase, tenant, route, leg], counts) => {
    return { day, phase, tenant, route, leg, counts } as TrafficDay;
  });
}
