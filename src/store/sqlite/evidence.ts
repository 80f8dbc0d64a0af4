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
import { erasureMark, rowKeys } from '../row-keys.ts';
import type { Book, Tally, TallyRow } from '../tally.ts';
import { jsonKey, textKey } from '../text-key.ts';
import type { SqliteDatabase } from './database.ts';

/** Rows of one statement: about a millisecond. */
const pageSize = { pairs: 100, tallies: 250, removal: 200 };

const clauseOf = ({ tenant, phase }: PairFilter | DayFilter): string =>
  (tenant === undefined ? '' : ' AND tenant = ?') + (phase === undefined ? '' : ' AND phase = ?');

const valuesOf = ({ tenant, phase }: PairFilter | DayFilter): string[] =>
  [tenant, phase].filter((value) => value !== undefined);

/** Left to itself SQLite would go through all tenants and all phases, to save the sorting of one. */
function indexOf(table: 'pairs' | 'tallies', { tenant, phase }: PairFilter | DayFilter): string {
  if (tenant !== undefined) return ` INDEXED BY ${table}_of_tenant`;
  return phase === undefined ? '' : ` INDEXED BY ${table}_of_phase`;
}

/** Nothing is added that an erasure later than itself concerns. */
const unlessErased = `WHERE NOT EXISTS
  (SELECT 1 FROM erasures WHERE tenant = ? AND conversation IN ('', ?) AND at >= ?)`;

/** Pairs, counts and turns in SQLite. */
export class SqliteEvidence implements EvidenceRows {
  readonly #database: SqliteDatabase;
  readonly #clock: Clock;

  constructor(database: SqliteDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async addPairs(
    phase: string,
    pairs: readonly PairRecord[],
    tallyOf: (added: readonly PairRecord[]) => readonly Tally[],
  ): Promise<void> {
    const records = pairs.map((pair) => JSON.stringify(pair));
    await this.#database.write(() => {
      const added = pairs.filter((pair, n) => this.#addPair(phase, pair, records[n] ?? ''));
      this.#addUp('pairs', tallyOf(added));
    }, 'NORMAL');
  }

  async addTallies(book: Book, id: string, tallies: readonly Tally[]): Promise<void> {
    await this.#database.write(() => {
      const now = this.#clock.now();
      const sql = 'INSERT INTO batches (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING';
      if (this.#database.run(sql, rowKeys.batch(book, id), now) === 0) return;
      // After a standstill there may be hundreds of thousands: each batch takes some of them along.
      const old = `SELECT key FROM batches WHERE at < ? ORDER BY at LIMIT ${pageSize.removal}`;
      const forget = `DELETE FROM batches WHERE key IN (${old})`;
      this.#database.run(forget, now - forgottenAfterMs.batch);
      this.#addUp(book, tallies);
    }, 'NORMAL');
  }

  async pairPage(filter: PairFilter, after: PairPlace | undefined): Promise<PairPage> {
    const { at, id } = after ?? { at: filter.from, id: 0 };
    const rows = await this.#database.read<PairPlace & { record: string }>(
      `SELECT at, id, record FROM pairs${indexOf('pairs', filter)} WHERE (at, id) > (?, ?) AND at < ?${clauseOf(filter)}
       ORDER BY at, id LIMIT ${pageSize.pairs}`,
      ...[at, id, filter.until, ...valuesOf(filter)],
    );
    const end = rows.at(-1);
    const pairs = rows.map(({ record }) => JSON.parse(record) as PairRecord);
    if (end !== undefined) await nextTurn();
    return end === undefined ? { pairs } : { pairs, end };
  }

  async tallies(book: Book, filter: DayFilter): Promise<readonly Tally[]> {
    const all: Tally[] = [];
    const index = indexOf('tallies', filter);
    for (let after: [string, string, string] | undefined = [filter.from, '', '']; after; ) {
      const rows: TallyRow[] = await this.#database.read<TallyRow>(
        `SELECT day, slice, metric, names, tenant, phase, value FROM tallies${index}
         WHERE book = ? AND (day, slice, metric) > (?, ?, ?) AND day <= ?${clauseOf(filter)}
         ORDER BY day, slice, metric LIMIT ${pageSize.tallies}`,
        ...[book, ...after, filter.to, ...valuesOf(filter)],
      );
      for (const { names, ...row } of rows) {
        all.push({ ...row, slice: names || row.slice, metric: JSON.parse(row.metric) });
      }
      const end = rows.at(-1);
      after = end && [end.day, end.slice, end.metric];
      await nextTurn();
    }
    return all;
  }

  async addTurns(served: ServedTurns): Promise<void> {
    const { tenant, conversation, at, answeredAt = at } = served;
    const owner = [textKey(tenant), textKey(conversation)] as const;
    const turns = JSON.stringify(served.turns);
    const sql = `INSERT INTO turns (key, tenant, conversation, at, turns) SELECT ?, ?, ?, ?, ?
       ${unlessErased} ON CONFLICT DO NOTHING`;
    const mark = erasureMark(...owner);
    const values = [rowKeys.exchange(served), ...owner, at, turns, ...mark, answeredAt];
    await this.#database.write(() => this.#database.run(sql, ...values), 'NORMAL');
  }

  async turns(
    { tenant, conversation }: Required<Owner>,
    { before, limit }: { readonly before: number; readonly limit: number },
  ): Promise<Turn[][]> {
    const rows = await this.#database.read<{ turns: string }>(
      `SELECT turns FROM turns WHERE tenant = ? AND conversation = ? AND at < ?
       ORDER BY at DESC, id DESC LIMIT ?`,
      ...[tenant, conversation, before, limit],
    );
    return rows.reverse().map(({ turns }) => JSON.parse(turns));
  }

  async noteErasure({ tenant, conversation }: Owner, at: number): Promise<void> {
    await this.#database.write(() => {
      this.#database.run('DELETE FROM erasures WHERE at < ?', at - forgottenAfterMs.erasure);
      const sql = `INSERT INTO erasures (tenant, conversation, at) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET at = max(at, excluded.at)`;
      this.#database.run(sql, ...erasureMark(tenant, conversation), at);
    });
  }

  async remove(removal: Removal): Promise<number> {
    const table = removal.what === 'days' ? 'tallies' : removal.what;
    const [clause, values] = removalClause(removal);
    const sql = `DELETE FROM ${table} WHERE id IN
      (SELECT id FROM ${table} WHERE ${clause} LIMIT ${pageSize.removal})`;
    const removed = await this.#database.write(() => this.#database.run(sql, ...values));
    // The last look of an erasure. What is merely old may stay in the log until it is full.
    if (removed === 0 && 'tenant' in removal) this.#database.forget();
    return removed;
  }

  #addPair(phase: string, pair: PairRecord, record: string): boolean {
    const tenant = textKey(pair.tenant);
    const sql = `INSERT INTO pairs (key, at, tenant, phase, record) SELECT ?, ?, ?, ?, ?
       ${unlessErased} ON CONFLICT DO NOTHING`;
    const row = [rowKeys.pair(pair), pair.at, tenant, textKey(phase), record];
    return this.#database.run(sql, ...row, ...erasureMark(tenant), pair.at) > 0;
  }

  #addUp(book: Book, tallies: readonly Tally[]): void {
    const sql = `INSERT INTO tallies (book, day, slice, metric, names, tenant, phase, value)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (book, day, slice, metric) DO UPDATE SET value = value + excluded.value`;
    for (const { day, slice, metric, tenant, phase, value } of tallies) {
      const key = jsonKey(slice);
      const names = key === slice ? '' : slice;
      this.#database.run(sql, book, day, key, JSON.stringify(metric), names, tenant, phase, value);
    }
  }
}

function removalClause(removal: Removal): [clause: string, values: (string | number)[]] {
  if ('before' in removal) return ['at < ?', [removal.before]];
  if ('beforeDay' in removal)
    return [`book IN ('pairs', 'traffic') AND day < ?`, [removal.beforeDay]];
  if (!('conversation' in removal)) return ['tenant = ?', [removal.tenant]];
  const { tenant, conversation } = removal;
  if (conversation === undefined) return ['tenant = ?', [tenant]];
  return ['tenant = ? AND conversation = ?', [tenant, conversation]];
}
