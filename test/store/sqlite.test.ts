import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type SqliteStoreOptions, sqliteStore } from 'engramia-cutover/stores/sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { migrations } from '../../src/store/sqlite/schema.ts';
import { pairOf } from '../../src/testing/stores/sample-pairs.ts';
import { nextCommit, nothingYet } from '../../src/testing/stores/sample-trail.ts';
import { tempFolder } from './temp-folder.ts';

function freshPath(): string {
  return join(tempFolder(), 'store.db');
}

function open(options: SqliteStoreOptions) {
  const store = sqliteStore(options);
  onTestFinished(() => store.close());
  return store;
}

/** Counts the turns of the event loop until a promise has settled. */
async function turnsUntil(settled: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const over = settled.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    turns += 1;
    await new Promise((next) => setImmediate(next));
  }
  await over;
  return turns;
}

describe('sqliteStore', () => {
  it('forgets the ids of old batches a part at a time', async () => {
    const path = freshPath();
    const store = open({ path });
    const day = '2026-01-31';
    const calls = {
      day,
      tenant: 'acme',
      route: 'chat',
      leg: 'legacy',
      counts: { calls: 1 },
    } as const;
    await store.addTraffic({ id: 'first', counts: [calls] });
    using database = new DatabaseSync(path);
    database.exec(`WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO batches (key, at) SELECT 'old ' || i, i FROM n`);
    const left = () => database.prepare('SELECT count(*) AS n FROM batches').get()?.n;
    await store.addTraffic({ id: 'second', counts: [calls] });
    expect(left()).toBe(1_002 - 200);
    for (let n = 0; n < 5; n += 1) await store.addTraffic({ id: `more ${n}`, counts: [calls] });
    expect(left()).toBe(7);
  });

  it('keeps its files from other users', async () => {
    const path = freshPath();
    await open({ path }).commit(nextCommit('chat', nothingYet, 'go'));
    const modes = ['', '-wal', '-shm'].map((file) => statSync(path + file).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it('does not keep the names of those who were erased, to know what of them comes late', async () => {
    const path = freshPath();
    const store = open({ path });
    const transcript = store.transcript();
    await store.erase('Dr. Zanzibar');
    await transcript.erase('globex', 'talk of Ms. Zimmer');
    const late = { requestId: '1', turns: [], at: 1 };
    await transcript.append({ ...late, tenant: 'globex', conversation: 'talk of Ms. Zimmer' });
    await store.addPairs({
      id: '1',
      phase: 'p',
      pairs: [{ ...pairOf(1), tenant: 'Dr. Zanzibar', at: 1 }],
    });
    const kept = ['', '-wal'].map((file) => readFileSync(path + file, 'latin1')).join('');
    expect(kept).not.toMatch(/Zanzibar|Zimmer|globex/);
  });

  it('overwrites what is erased of a tenant or a conversation, in its log too', async () => {
    const path = freshPath();
    const store = open({ path });
    const transcript = store.transcript();
    const say = (at: number, tenant: string, conversation: string, text: string) => {
      const turn = { role: 'user', text, leg: 'legacy', at } as const;
      const requestId = `${conversation}${at}`;
      return transcript.append({ tenant, conversation, requestId, at, turns: [turn] });
    };
    for (let at = 1; at <= 60; at += 1) {
      await say(at, 'acme', 'c', `said by acme ${at}`);
      await say(at, 'globex', 'd', `said in d ${at}`);
      await say(at, 'globex', 'c', `said by others ${at}`);
    }
    const held = (text: RegExp): number =>
      ['', '-wal'].flatMap((file) => readFileSync(path + file, 'latin1').match(text) ?? []).length;
    expect(held(/said by acme|said in d/g)).toBeGreaterThan(120);
    await store.erase('acme');
    await transcript.erase('globex', 'd');
    // Where it has divided a page, SQLite may have left a copy of a row in what is free of it.
    expect(held(/said by acme|said in d/g)).toBeLessThan(6);
    expect(held(/said by others/g)).toBeGreaterThanOrEqual(60);
    expect(await transcript.history('globex', 'c')).toHaveLength(60);
  });

  it('has a commit and a lease on the disk when they are answered, and counts soon after', async () => {
    const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
    const store = open({ path: freshPath() });
    const modes: string[] = [];
    const write = async (run: () => PromiseLike<unknown>) => {
      await run();
      const said = exec.mock.calls.map(([sql]) => /synchronous = (\w+)/.exec(sql)?.[1]);
      modes.push(said.filter((mode) => mode !== undefined).at(-1) ?? 'none');
    };
    await write(() => store.commit(nextCommit('chat', nothingYet, 'go')));
    await write(() => store.addPairs({ id: 'a', pairs: [pairOf(0)] }));
    await write(() => store.acquire('lease', 'a', 1_000));
    const said = { role: 'user', text: 'hello', leg: 'legacy', at: 1 } as const;
    const served = { tenant: 'acme', conversation: 'c', requestId: 'a', at: 1, turns: [said] };
    await write(() => store.transcript().append(served));
    await write(() => store.erase('acme'));
    expect(modes).toEqual(['FULL', 'NORMAL', 'FULL', 'NORMAL', 'FULL']);
  });

  it('writes ahead, so that readers and a writer never wait for one another', async () => {
    const path = freshPath();
    const store = open({ path });
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    expect(other.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    other.exec('BEGIN IMMEDIATE');
    expect(await store.rollout('chat')).toEqual(nothingYet);
  });

  it('waits for the transaction of another process without stopping the event loop', async () => {
    const path = freshPath();
    const store = open({ path });
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const waits = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => waits.mockRestore());
    const commit = store.commit(nextCommit('chat', nothingYet, 'go'));
    // Turns that there would not be, had the event loop stopped.
    while (waits.mock.calls.length < 3) await new Promise((next) => setImmediate(next));
    other.exec('COMMIT');
    expect((await commit).ok).toBe(true);
  });

  it('gives up a write for which another process leaves no room in time', async () => {
    const path = freshPath();
    const store = open({ path, busyTimeoutMs: 20 });
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const commit = nextCommit('chat', nothingYet, 'go');
    await expect(store.commit(commit)).rejects.toThrow('database is locked');
    other.exec('ROLLBACK');
    expect((await store.commit(commit)).ok).toBe(true);
  });

  it('leaves its locks to a store that the same process has on the file already', async () => {
    const path = freshPath();
    await open({ path }).commit(nextCommit('chat', nothingYet, 'go'));
    await open({ path }).close();
    // Whoever can have the file alone takes its log away when it closes it, and with that all that is written from then on.
    const takeAlone = `const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(process.argv[1]);
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE');`;
    const other = () => execFileSync(process.execPath, ['-e', takeAlone, path], { stdio: 'pipe' });
    expect(other).toThrow('database is locked');
  });

  it('is in the file that was put in the place of its own', async () => {
    const path = freshPath();
    const store = open({ path });
    await store.commit(nextCommit('chat', nothingYet, 'in the first'));
    for (const file of ['', '-wal', '-shm']) rmSync(path + file);
    const other = open({ path });
    await other.commit(nextCommit('chat', nothingYet, 'in the second'));
    const seen = await store.rollout('chat');
    expect(seen.state?.actor).toBe('in the second');
    expect((await store.commit(nextCommit('chat', seen, 'by the first'))).ok).toBe(true);
    expect((await other.rollout('chat')).version).toBe(2);
  });

  it('writes nothing into a file that is no longer at its path', async () => {
    const path = freshPath();
    const store = open({ path });
    renameSync(path, `${path}.away`);
    const commit = nextCommit('chat', nothingYet, 'go');
    await expect(store.commit(commit)).rejects.toThrow('ENOENT');
    renameSync(`${path}.away`, path);
    expect((await store.commit(commit)).ok).toBe(true);
  });

  it('lets the event loop turn while it works much off', async () => {
    const store = open({ path: freshPath() });
    const pairs = Array.from({ length: 500 }, (_, n) => pairOf(n));
    expect(await turnsUntil(store.addPairs({ id: 'a', pairs }))).toBeGreaterThanOrEqual(20);
    const count = {
      day: '2026-01-31',
      route: 'chat',
      leg: 'legacy',
      counts: { calls: 1 },
    } as const;
    const counts = Array.from({ length: 5_000 }, (_, n) => ({ ...count, tenant: `tenant-${n}` }));
    expect(await turnsUntil(store.addTraffic({ id: 'a', counts }))).toBeGreaterThanOrEqual(20);
    expect(await turnsUntil(store.traffic())).toBeGreaterThanOrEqual(10);
    expect(await turnsUntil(store.erase('acme'))).toBeGreaterThanOrEqual(3);
  });

  it('takes up a file that its first version has written, with what is in it', async () => {
    const path = freshPath();
    const database = new DatabaseSync(path);
    database.exec(migrations[0] ?? '');
    database.exec(
      `PRAGMA user_version = 1; INSERT INTO replicas VALUES ('"chat"', '"a"', '"a"', 3, 0, 9e15)`,
    );
    database.close();
    await using store = sqliteStore({ path });
    const told = { rollout: 'chat', version: 4, leaseMs: 1_000, pending: 2 };
    expect((await store.replicas('chat')).replicas).toEqual([
      { replica: 'a', version: 3, seenAt: 0, until: 9e15 },
    ]);
    await store.acknowledge({ ...told, replica: 'a' });
    expect((await store.replicas('chat')).replicas).toMatchObject([{ version: 4, pending: 2 }]);
  });

  it('refuses a file that a newer version has written', () => {
    const path = freshPath();
    const database = new DatabaseSync(path);
    const next = migrations.length + 1;
    database.exec(`PRAGMA user_version = ${next}`);
    database.close();
    expect(() => sqliteStore({ path })).toThrow(
      `written by a newer version of this package (schema ${next})`,
    );
  });

  it('says so when Node has no SQLite', () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    expect(() => sqliteStore({ path: freshPath() })).toThrow('this Node has no node:sqlite');
  });

  it('names every option that cannot be used', () => {
    const wrong = { path: '', busyTimeoutMs: 0, pth: 'x' };
    expect(() => sqliteStore(wrong)).toThrow(/pth is not an option.*path must.*busyTimeoutMs must/);
  });
});
