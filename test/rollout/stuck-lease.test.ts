import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { tempFolder } from '../store/temp-folder.ts';
import { rolloutWorld } from './world.ts';

/** A replica that leads by a file, and a lease that nobody has asked for. */
async function withLease(sql: string) {
  const path = join(tempFolder(), 'cutover.db');
  const clock = fakeClock();
  const world = rolloutWorld(sqliteStore({ path, clock }), clock);
  const rollout = await world.rollout();
  await clock.advance(10_000);
  using prompt = new DatabaseSync(path);
  prompt.exec(sql);
  return { world, rollout };
}

describe('a lease that keeps everybody from leading', () => {
  it('is told, with its holder and its end, until it is given back', async () => {
    const sql = `UPDATE leases SET holder = '"ghost"', token = token + 1, until = 2e12`;
    const { world, rollout } = await withLease(sql);
    await using _ = world;
    await world.clock.advance(600_000);
    expect((await rollout.status()).leads).toBe(false);
    expect(world.warnings.join()).toContain('is held by ghost until 2033-05-18T03:33:20.000Z');
    const told = world.warnings.length;
    const { lease } = await world.store.acquire('rollout/cutover', 'me', 1);
    await world.store.release(lease);
    await world.clock.advance(600_000);
    expect((await rollout.status()).leads).toBe(true);
    expect(world.warnings).toHaveLength(told);
  });

  it('is told although it has no end that a date could be', async () => {
    const sql = `UPDATE leases SET holder = '"ghost"', token = token + 1, until = 1e300`;
    const { world } = await withLease(sql);
    await using _ = world;
    await world.clock.advance(20_000);
    expect(world.warnings.join()).toContain('until the end of time');
  });

  it('is none that only a process whose machine has slept takes for one', async () => {
    await using world = rolloutWorld();
    const asleep = fakeClock();
    await world.rollout();
    await world.rollout({}, { clock: asleep });
    await world.clock.advance(3_600_000);
    await asleep.advance(10_000);
    expect(world.warnings).toEqual([]);
  });

  it('is none where another replica leads', async () => {
    await using world = rolloutWorld();
    await world.rollout({}, { leaseMs: 300_000 });
    await world.rollout();
    await world.clock.advance(600_000);
    expect(world.warnings).toEqual([]);
  });
});
