import type { Turn } from '../../core/call/subject.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { ServedTurns } from '../../core/contracts/transcript.ts';
import { inPieces } from '../../core/pieces.ts';
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
import { nowMs, type PostgresDatabase, type PostgresSession } from './database.ts';

/** Rows of one statement; of counts, those that are read in one turn of the event loop. */
const pageSize = { pairs: 500, tallies: 2_000, removal: 2_000 };

// Erasures wait for what is being added, and what is added later sees them: without, a row that was on its way would stay.
const advisoryLock = (shared: '' | '_shared'): string =>
  `SELECT pg_advisory_xact_lock${shared}('@erasures'::regclass::oid::bigint)`;

/** Nothing is added that an erasure later than itself concerns. */
const unlessErased = (tenant: string, conversation: string, at: string): string =>
  `NOT EXISTS (SELECT 1 FROM @erasures AS e WHERE e.tenant = ${tenant}
     AND e.conversation IN ('', ${conversation}) AND e.at >= ${at})`;

/** Pairs, counts and turns in Postgres. */
export class PostgresEvidence implements EvidenceRows {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async addPairs(
    phase: string,
    pairs: readonly PairRecord[],
    tallyOf: (added: readonly PairRecord[]) => readonly Tally[],
  ): Promise<void> {
    await this.#database.transaction(async (session) => {
      await session.all(advisoryLock('_shared'));
      // In one order everywhere: two writers of the same pairs would wait for one another.
      const rows = await session.all<{ key: string }>(
        `INSERT INTO @pairs (key, at, tenant, phase, record) SELECT key, at, tenant, $5, record
         FROM unnest($1::text[], $2::float8[], $3::text[], $4::text[], $6::text[])
           AS row (key, at, tenant, record, mark)
         WHERE ${unlessErased('row.mark', `''`, 'row.at')}
         ORDER BY key COLLATE "C" ON CONFLICT (key) DO NOTHING RETURNING key`,
        pairs.map(rowKeys.pair),
        pairs.map(({ at }) => at),
        pairs.map(({ tenant }) => textKey(tenant)),
        pairs.map((pair) => JSON.stringify(pair)),
        textKey(phase),
        pairs.map(({ tenant }) => erasureMark(textKey(tenant))[0]),
      );
      const added = new Set(rows.map(({ key }) => key));
      await this.#addUp(
        session,
        'pairs',
        tallyOf(pairs.filter((pair) => added.delete(rowKeys.pair(pair)))),
      );
    });
  }

  async addTallies(book: Book, id: string, tallies: readonly Tally[]): Promise<void> {
    await this.#database.transaction(async (session) => {
      const sql = `INSERT INTO @batches (key, at) VALUES ($1, ${nowMs}) ON CONFLICT DO NOTHING`;
      if ((await session.run(sql, rowKeys.batch(book, id))) === 0) return;
      await this.#addUp(session, book, tallies);
    });
    const session = await this.#database.session();
    // After a standstill all of them at once would take longer than a statement may.
    await session.run(
      `DELETE FROM @batches WHERE key IN
        (SELECT key FROM @batches WHERE at < ${nowMs} - ${forgottenAfterMs.batch}
         ORDER BY at LIMIT ${pageSize.removal} FOR UPDATE SKIP LOCKED)`,
    );
  }

  async pairPage(filter: PairFilter, after: PairPlace | undefined): Promise<PairPage> {
    const { at, id } = after ?? { at: filter.from, id: 0 };
    const session = await this.#database.session();
    const rows = await session.all<PairPlace & { record: string }>(
      `SELECT at, id::float8 AS id, record FROM @pairs WHERE (at, id) > ($1, $2) AND at < $3
       AND ($4::text IS NULL OR tenant = $4) AND ($5::text IS NULL OR phase = $5)
       ORDER BY at, id LIMIT ${pageSize.pairs}`,
      ...[at, id, filter.until, filter.tenant ?? null, filter.phase ?? null],
    );
    const end = rows.at(-1);
    const pairs = rows.map(({ record }) => JSON.parse(record) as PairRecord);
    return end === undefined ? { pairs } : { pairs, end };
  }

  async tallies(book: Book, filter: DayFilter): Promise<readonly Tally[]> {
    const session = await this.#database.session();
    const rows = await session.all<TallyRow>(
      `SELECT day, slice, metric, names, tenant, phase, value FROM @tallies
       WHERE book = $1 AND day >= $2 AND day <= $3
       AND ($4::text IS NULL OR tenant = $4) AND ($5::text IS NULL OR phase = $5)`,
      ...[book, filter.from, filter.to, filter.tenant ?? null, filter.phase ?? null],
    );
    const all: Tally[] = [];
    await inPieces(rows, pageSize.tallies, async (piece) => {
      for (const { names, ...row } of piece) {
        all.push({ ...row, slice: names || row.slice, metric: JSON.parse(row.metric) });
      }
    });
    return all;
  }

  async addTurns(served: ServedTurns): Promise<void> {
    const { tenant, conversation, at, answeredAt = at, turns } = served;
    const owner = [textKey(tenant), textKey(conversation)] as const;
    await this.#database.transaction(async (session) => {
      await session.all(advisoryLock('_shared'));
      await session.run(
        `INSERT INTO @turns (key, tenant, conversation, at, turns) SELECT $1, $2, $3, $4::float8, $5
         WHERE ${unlessErased('$7', '$8', '$6::float8')} ON CONFLICT DO NOTHING`,
        ...[rowKeys.exchange(served), ...owner, at],
        JSON.stringify(turns),
        answeredAt,
        ...erasureMark(...owner),
      );
    });
  }

  async turns(
    { tenant, conversation }: Required<Owner>,
    { before, limit }: { readonly before: number; readonly limit: number },
  ): Promise<Turn[][]> {
    const session = await this.#database.session();
    const rows = await session.all<{ turns: string }>(
      `SELECT turns FROM @turns WHERE tenant = $1 AND conversation = $2 AND at < $3
       ORDER BY at DESC, id DESC LIMIT $4`,
      ...[tenant, conversation, before, limit],
    );
    return rows.reverse().map(({ turns }) => JSON.parse(turns));
  }

  async noteErasure({ tenant, conversation }: Owner, at: number): Promise<void> {
    await this.#database.transaction(async (session) => {
      await session.all(advisoryLock(''));
      await session.run('DELETE FROM @erasures WHERE at < $1', at - forgottenAfterMs.erasure);
      await session.run(
        `INSERT INTO @erasures AS known (tenant, conversation, at) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, conversation) DO UPDATE SET at = greatest(known.at, excluded.at)`,
        ...[...erasureMark(tenant, conversation), at],
      );
    });
  }

  async remove(removal: Removal): Promise<number> {
    const table = removal.what === 'days' ? '@tallies' : `@${removal.what}`;
    const [clause, values] = removalClause(removal);
    const session = await this.#database.session();
    // Locked first, and in one order: rows that another is deleting would be counted in, and 0 would mean that there are no
    // more, and two that delete the same would wait for one another.
    return session.run(
      `WITH due AS MATERIALIZED
         (SELECT id FROM ${table} WHERE ${clause} ORDER BY id LIMIT ${pageSize.removal} FOR UPDATE)
       DELETE FROM ${table} WHERE id IN (SELECT id FROM due)`,
      ...values,
    );
  }

  async #addUp(session: PostgresSession, book: Book, tallies: readonly Tally[]): Promise<void> {
    const keys = tallies.map(({ slice }) => jsonKey(slice));
    await session.run(
      `INSERT INTO @tallies AS known (book, day, slice, metric, names, tenant, phase, value)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[])
       ON CONFLICT (book, day, slice, metric) DO UPDATE SET value = known.value + excluded.value`,
      book,
      tallies.map(({ day }) => day),
      keys,
      tallies.map(({ metric }) => JSON.stringify(metric)),
      tallies.map(({ slice }, n) => (keys[n] === slice ? '' : slice)),
      tallies.map(({ tenant }) => tenant),
      tallies.map(({ phase }) => phase),
      tallies.map(({ value }) => value),
    );
  }
}

function removalClause(removal: Removal): [clause: string, values: (string | number)[]] {
  if ('before' in removal) return ['at < $1', [removal.before]];
  if ('beforeDay' in removal)
    return [`book IN ('pairs', 'traffic') AND day < $1`, [removal.beforeDay]];
  const { tenant, conversation } = { conversation: undefined, ...removal };
  if (conversation === undefined) return ['tenant = $1', [tenant]];
  return ['tenant = $1 AND conversation = $2', [tenant, conversation]];
}
