import type { Turn } from '../../core/call/subject.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { ServedTurns } from '../../core/contracts/transcript.ts';
import { nextTurn } from '../../core/pieces.ts';
import type { Clock } from '../../core/time/clock.ts';
import type {
  DayFilter,
  EvidenceRows,
  Owner,
  PairFilter,
  PairPage,
  PairPlace,
  Removal,
} from '../driver.ts';
import { forgottenAfterMs } from '../retention.ts';
import { rowKeys } from '../row-keys.ts';
import type { Book, Tally } from '../tally.ts';
import { textKey } from '../text-key.ts';
import { byPlace, isWithin, type PairRow, rowsAfter } from './pair-rows.ts';

interface TurnRow extends Required<Owner> {
  readonly key: string;
  readonly at: number;
  readonly turns: string;
}

const ownerKey = ({ tenant, conversation }: Owner): string =>
  conversation === undefined ? tenant : `${tenant} ${conversation}`;

/** Forgets what is older than a moment at the beginning of a map, which keeps the order of insertion. */
function forgetBefore(moment: number, map: Map<string, number>): void {
  for (const [key, at] of map) {
    if (at >= moment) return;
    map.delete(key);
  }
}

/** Rows of one kind that are deleted at once. */
const atOnce = 10_000;

/** Pairs, counts and turns in memory. */
export class MemoryEvidence implements EvidenceRows {
  readonly #clock: Clock;
  readonly #pairs = new Map<string, PairRow>();
  readonly #tallies: Record<Book, Map<string, Tally>> = { pairs: new Map(), traffic: new Map() };
  readonly #batches = new Map<string, number>();
  readonly #turns = new Map<string, TurnRow>();
  readonly #erasures = new Map<string, number>();
  /** Made when it is asked for; a change of the pairs forgets it. */
  #byTime: PairRow[] | undefined;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async addPairs(
    phase: string,
    pairs: readonly PairRecord[],
    tallyOf: (added: readonly PairRecord[]) => readonly Tally[],
  ): Promise<void> {
    const rows = pairs.map((pair) => this.#toRow(phase, pair));
    const added = pairs.filter((pair, n) => this.#addPair(pair, rows[n] as PairRow));
    this.#addUp('pairs', tallyOf(added));
  }

  async addTallies(book: Book, id: string, tallies: readonly Tally[]): Promise<void> {
    const now = this.#clock.now();
    const key = rowKeys.batch(book, id);
    if (this.#batches.has(key)) return;
    this.#batches.set(key, now);
    forgetBefore(now - forgottenAfterMs.batch, this.#batches);
    this.#addUp(book, tallies);
  }

  async pairPage(filter: PairFilter, after: PairPlace | undefined): Promise<PairPage> {
    const { at, id } = after ?? { at: filter.from, id: 0 };
    this.#byTime ??= [...this.#pairs.values()].sort(byPlace);
    const rows = rowsAfter(this.#byTime, { at, id }, filter);
    const end = rows.at(-1);
    const pairs = rows.map(({ record }) => JSON.parse(record) as PairRecord);
    if (end !== undefined) await nextTurn();
    return end === undefined ? { pairs } : { pairs, end };
  }

  async tallies(book: Book, filter: DayFilter): Promise<readonly Tally[]> {
    return [...this.#tallies[book].values()].filter(
      (tally) => tally.day >= filter.from && tally.day <= filter.to && isWithin(tally, filter),
    );
  }

  async addTurns(served: ServedTurns): Promise<void> {
    const { tenant, conversation, at, answeredAt = at, turns } = served;
    const owner = { tenant: textKey(tenant), conversation: textKey(conversation) };
    const key = rowKeys.exchange(served);
    if (this.#turns.has(key) || this.#isErased(owner, answeredAt)) return;
    this.#turns.set(key, { ...owner, key, at, turns: JSON.stringify(turns) });
  }

  async turns(owner: Required<Owner>, range: { before: number; limit: number }): Promise<Turn[][]> {
    const rows = [...this.#turns.values()]
      .filter(({ tenant, conversation }) => {
        return tenant === owner.tenant && conversation === owner.conversation;
      })
      .filter(({ at }) => at < range.before)
      .sort((a, b) => a.at - b.at);
    return rows
      .slice(Math.max(0, rows.length - range.limit))
      .map(({ turns }) => JSON.parse(turns) as Turn[]);
  }

  async noteErasure(owner: Owner, at: number): Promise<void> {
    const key = ownerKey(owner);
    const last = this.#erasures.get(key) ?? at;
    this.#erasures.delete(key);
    this.#erasures.set(key, Math.max(at, last));
    forgetBefore(at - forgottenAfterMs.erasure, this.#erasures);
  }

  async remove(removal: Removal): Promise<number> {
    if (removal.what === 'days') {
      const books = Object.values(this.#tallies);
      const isOver = (row: Tally): boolean =>
        'tenant' in removal ? row.tenant === removal.tenant : row.day < removal.beforeDay;
      return sum(books.map((book) => sweep(book, isOver)));
    }
    this.#byTime = undefined;
    const map: Map<string, PairRow | TurnRow> =
      removal.what === 'pairs' ? this.#pairs : this.#turns;
    if ('before' in removal) return sweep(map, (row) => row.at < removal.before);
    const { tenant, conversation } = { conversation: undefined, ...removal };
    return sweep(map, (row) => {
      if (row.tenant !== tenant) return false;
      return conversation === undefined || (row as TurnRow).conversation === conversation;
    });
  }

  clear(): void {
    this.#byTime = undefined;
    for (const map of [this.#pairs, this.#turns, this.#batches, this.#erasures]) map.clear();
    for (const book of Object.values(this.#tallies)) book.clear();
  }

  #toRow(phase: string, pair: PairRecord): PairRow {
    return {
      id: ++this.#lastId,
      at: pair.at,
      key: rowKeys.pair(pair),
      tenant: textKey(pair.tenant),
      phase: textKey(phase),
      record: JSON.stringify(pair),
    };
  }

  #addPair(pair: PairRecord, row: PairRow): boolean {
    if (this.#pairs.has(row.key) || this.#isErased({ tenant: row.tenant }, pair.at)) return false;
    this.#pairs.set(row.key, row);
    // Most pairs are newer than all that are there: then they need not all be put in order again.
    const last = this.#byTime?.at(-1);
    if (last !== undefined && byPlace(last, row) < 0) this.#byTime?.push(row);
    else this.#byTime = undefined;
    return true;
  }

  #isErased(owner: Owner, at: number): boolean {
    const keys = [owner.tenant, ownerKey(owner)];
    return keys.some((key) => at <= (this.#erasures.get(key) ?? Number.NEGATIVE_INFINITY));
  }

  #addUp(book: Book, tallies: readonly Tally[]): void {
    for (const tally of tallies) {
      const key = JSON.stringify([tally.day, tally.slice, tally.metric]);
      const value = (this.#tallies[book].get(key)?.value ?? 0) + tally.value;
      this.#tallies[book].set(key, { ...tally, value });
    }
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);

function sweep<T>(map: Map<string, T>, isOver: (row: T) => boolean): number {
  let removed = 0;
  for (const [key, row] of map) {
    if (!isOver(row)) continue;
    map.delete(key);
    removed += 1;
    if (removed === atOnce) break;
  }
  return removed;
}
