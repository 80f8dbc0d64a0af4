import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chainEntry } from '../../src/audit/chain-entry.ts';
import { exportCsv, exportJsonl } from '../../src/audit/export-trail.ts';
import { importCsv } from '../../src/audit/import-csv.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import type { AuditEntry } from '../../src/core/contracts/audit-entry.ts';
import { firstHash } from '../../src/core/contracts/audit-entry.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { postgresStore } from '../../src/store/postgres.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { postgresName, postgresWorld } from './postgres-world.ts';
import { tempFolder } from './temp-folder.ts';

const world = postgresWorld();

/** A store with a trail of four, and what somebody does to the text of one at the database's own prompt. */
interface Edited {
  readonly store: Store;
  edit(seq: number, text: string): Promise<void>;
}

async function withTrail(store: Store): Promise<Store> {
  onTestFinished(() => store.close());
  const entries: AuditEntry[] = [];
  for (const reason of ['first', 'second', 'third', 'fourth']) {
    const fact = { kind: 'note', at: 1, rollout: 'chat', actor: 'Ada', reason };
    entries.push(chainEntry(fact, entries.at(-1)));
  }
  await store.commit({ rollout: 'chat', expectVersion: 0, expectHead: firstHash, entries });
  return store;
}

async function inSqlite(): Promise<Edited> {
  const path = join(tempFolder(), 'store.db');
  const store = await withTrail(sqliteStore({ path }));
  const edit = async (seq: number, text: string): Promise<void> => {
    using prompt = new DatabaseSync(path);
    prompt.prepare('UPDATE entries SET entry = ? WHERE seq = ?').run(text, seq);
  };
  return { store, edit };
}

async function inPostgres(): Promise<Edited> {
  const schema = world.freshSchema();
  const pool = world.pool();
  const store = await withTrail(postgresStore(pool, { schema }));
  const edit = async (seq: number, text: string): Promise<void> => {
    const sql = `UPDATE "${schema}".entries SET entry = $1 WHERE seq = $2`;
    await pool.query({ text: sql, values: [text, seq] });
  };
  return { store, edit };
}

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

/** Some entries, from a trail that may have no end. */
async function firstOf<T>(trail: AsyncIterable<T>, most = 20): Promise<T[]> {
  const read: T[] = [];
  for await (const each of trail) {
    read.push(each);
    if (read.length === most) break;
  }
  return read;
}

describe.each([
  ['SQLite', inSqlite],
  [postgresName, inPostgres],
])('a trail in %s of which somebody has edited an entry', (_, made) => {
  it.each<[string, number, (entry: AuditEntry) => string]>([
    ['to stand at a lower place', 3, (entry) => JSON.stringify({ ...entry, seq: -1 })],
    ['to stand at a higher place', 3, (entry) => JSON.stringify({ ...entry, seq: 1e9 })],
    ['to be no JSON', 1, () => '{"kind":'],
    ['to be nothing', 1, () => 'null'],
    ['to have no actor', 1, ({ actor: _a, ...rest }) => JSON.stringify(rest)],
    ['to hold half a character', 1, (entry) => JSON.stringify({ ...entry, evidence: '\ud800' })],
    [
      'to be of a tenant that no text is made of',
      1,
      (entry) => JSON.stringify({ ...entry, tenant: { toString: 1 } }),
    ],
    [
      'to be too deep to be written down',
      1,
      (entry) =>
        JSON.stringify({ ...entry, evidence: 0 }).replace('"evidence":0', `"evidence":${deep}`),
    ],
  ])('%s, is read to its end and exported, and the edit is found', async (_what, seq, edited) => {
    const { store, edit } = await made();
    const before = (await firstOf(store.audit('chat')))[seq] as AuditEntry;
    await edit(seq, edited(before));
    const read = await firstOf(store.audit('chat'));
    expect(read.map((entry) => entry.seq)).toEqual([0, 1, 2, 3]);
    const found = { ok: false, problems: [{ kind: 'edited', seq }] };
    expect(await verifyTrail(read)).toMatchObject(found);
    const lines = await firstOf(exportJsonl(read));
    expect(await verifyTrail([Buffer.from(lines.join(''))])).toMatchObject(found);
    const records = await firstOf(exportCsv(read));
    expect((await verifyTrail(importCsv(records))).ok).toBe(false);
  });

  it('to say something else, is handed on as it is', async () => {
    const { store, edit } = await made();
    const [first] = (await firstOf(store.audit('chat'))) as [AuditEntry];
    await edit(0, JSON.stringify({ ...first, actor: 'Bob', reason: 'C:\\ud800' }));
    const [read] = await firstOf(store.audit('chat'));
    expect(read).toEqual({ ...first, actor: 'Bob', reason: 'C:\\ud800' });
  });
});
