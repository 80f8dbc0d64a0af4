import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { InvalidOptionsError } from '../../src/core/errors.ts';
import { wordsOf } from '../../src/rollout/contained-words.ts';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { PostgresPool } from '../../src/store/postgres/pool.ts';
import { postgresStore } from '../../src/store/postgres.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { tempFolder } from '../store/temp-folder.ts';
import { flakyStore } from './flaky-store.ts';
import { ada, rolloutWorld } from './world.ts';

it('tells of a store that is away which rollout it is, what goes on, and that a rollback is in force here', async () => {
  await using world = rolloutWorld();
  const cable = flakyStore(world.store);
  const rollout = await world.rollout({}, { store: cable.store, name: 'chat' });
  cable.down = true;
  const failed = await rollout.rollback(ada).catch((error: Error) => error);
  expect(String(failed)).toContain(
    'the store has not taken it (Error); it is in force in this process alone, and is entered once the store takes it',
  );
  await world.clock.advance(10_000);
  const [entering] = world.warnings.filter((line) => line.includes('[rollout.rollback]'));
  expect(entering).toContain(
    'to enter a rollback of the rollout chat failed: Error; in this process it is in force',
  );
  const [look] = world.warnings.filter((line) => line.includes('[rollout.look]'));
  expect(look).toContain('nothing climbs, and nothing is rolled back by itself');
});

it('does not say of a rollback that legacy is too dead for, and the store away, that it is in force', async () => {
  await using world = rolloutWorld();
  const cable = flakyStore(world.store);
  const steps = [{ percent: 0 }, { percent: 100 }];
  const options = { store: cable.store, leads: false, probeLegacy: () => false };
  const rollout = await world.rollout({ steps }, options);
  await rollout.advance({ ...ada, force: true });
  await rollout.status();
  cable.down = true;
  const failed = await rollout.rollback(ada).catch((error: Error) => error);
  expect(rollout.stageOf('x')).toBe('live');
  expect(String(failed)).not.toContain('in force');
  expect(String(failed)).toContain('legacy is known to be dead, so that nobody is taken back');
  const told = world.warnings.join();
  expect(told).not.toContain('in force');
  expect(told).toContain('[rollout.freeze] to enter a freeze of the rollout cutover failed: Error');
});

it('tells whoever acts or asks that the store has failed as all that stands in the way is told', async () => {
  await using world = rolloutWorld();
  const cable = flakyStore(world.store);
  const rollout = await world.rollout({}, { store: cable.store, leads: false });
  await rollout.hold(ada);
  cable.down = true;
  const asked = {
    status: () => rollout.status(),
    preview: () => rollout.preview(),
    resume: () => rollout.resume(ada),
    advance: () => rollout.advance(ada),
    set: () => rollout.set({ ...ada, percent: 5 }),
    allow: () => rollout.allow(['acme'], ada),
    attest: () => rollout.attest({ ...ada, kind: 'backup', ok: true }),
    acknowledge: () => rollout.acknowledge(0, ada),
    complete: () => rollout.complete(ada),
    isAcknowledged: () => rollout.isAcknowledged(),
  };
  for (const [action, ask] of Object.entries(asked)) {
    const failed = await ask().catch((error: unknown) => error);
    expect(failed, action).toMatchObject({
      name: 'RolloutError',
      why: 'unreachable',
      cause: { message: 'The cable is cut.' },
    });
    expect(String(failed)).toContain(
      `${action}() was not done (unreachable): the store has failed`,
    );
  }
  await expect(rollout.status()).rejects.not.toThrow('done all the same');
  cable.down = false;
  vi.spyOn(world.store, 'commit').mockRejectedValue(new Error('disk full'));
  await expect(rollout.resume(ada)).rejects.toThrow('it is done all the same');
});

it('tells what is wrong with the store in the words that the store has for it, and of others only name and code', async () => {
  const clock = fakeClock();
  const refused = new InvalidOptionsError('postgresStore', [
    'the schema app was made by a newer version of this package (9)',
  ]);
  const strange = Object.assign(new Error('user acme has no rights'), { code: '42501' });
  for (const [error, words] of [
    [refused, 'postgresStore: the schema app was made by a newer version of this package (9); its'],
    [
      strange,
      'start of the rollout cutover failed: Error 42501; its tenants are in the defaultStage',
    ],
  ] as const) {
    const warnings: string[] = [];
    const store = memoryStore({ clock });
    vi.spyOn(store, 'replicas').mockRejectedValue(error);
    const logger = { warn: (message: string) => void warnings.push(message) };
    const rollout = createRollout({ store, clock, logger });
    await clock.advance(0);
    expect(warnings.join()).toContain(words);
    expect(warnings.join()).not.toContain('acme');
    await rollout.close();
  }
});

it('tells by its own words what SQLite has one code for, and pg none', async () => {
  const path = join(tempFolder(), 'cutover.db');
  await using world = rolloutWorld(sqliteStore({ path, busyTimeoutMs: 1 }));
  const rollout = await world.rollout({}, { leads: false });
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  await expect(rollout.hold(ada)).rejects.toThrow('ERR_SQLITE_ERROR (database is locked)');
  other.exec('ROLLBACK');
  other.exec(`CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'acme'); END`);
  await expect(rollout.hold(ada)).rejects.toThrow('ERR_SQLITE_ERROR (constraint failed)');
  vi.spyOn(world.store, 'commit').mockRejectedValue(new Error('Query read timeout'));
  await expect(rollout.hold(ada)).rejects.toThrow(
    'the store has failed (Error (Query read timeout))',
  );
});

it('tells in words that the pool has no connection left: its code is that of a network that answers nobody', async () => {
  const connect = () => new Promise(() => undefined);
  const pool = { connect, query: connect } as unknown as PostgresPool;
  await using store = postgresStore(pool, { listen: false, timeoutMs: 1 });
  const error = await store.rollout('chat').catch((thrown: unknown) => thrown);
  expect(wordsOf(error)).toBe(
    'Error ETIMEDOUT (The pool gave no connection within 2 ms: all are in use, or the server does not answer)',
  );
});
