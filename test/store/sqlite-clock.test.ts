import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { sqliteStore } from 'engramia-cutover/stores/sqlite';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import { tempFolder } from './temp-folder.ts';

const start = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

/** Two clocks that can be moved apart. */
function twoClocks() {
  const time = { wall: start, steady: 50 * hourMs };
  const never = { setTimeout: () => undefined, clearTimeout: () => undefined };
  const clock = { ...never, now: () => time.wall, monotonic: () => time.steady };
  const pass = (ms: number): void => {
    time.wall += ms;
    time.steady += ms;
  };
  return { time, clock, pass };
}

const told = { rollout: 'chat', version: 1, leaseMs: 30_000 };

const isOver = async (store: Store): Promise<boolean> => {
  const { now, replicas } = await store.replicas('chat');
  return replicas.every(({ until }) => until <= now);
};

describe('a clock that is set', () => {
  it.each([1_000, hourMs, 72 * hourMs])(
    '%i ms ahead ends no lease of a replica early, nor forgets it',
    async (ahead) => {
      const { time, clock, pass } = twoClocks();
      await using store = sqliteStore({ path: join(tempFolder(), 'a.db'), clock });
      await store.acknowledge({ ...told, replica: 'cut off' });
      pass(5_000);
      time.wall += ahead;
      await store.acknowledge({ ...told, replica: 'other' });
      pass(24_000);
      const { now, replicas } = await store.replicas('chat');
      const cutOff = replicas.find(({ replica }) => replica === 'cut off');
      expect([cutOff?.until, cutOff?.seenAt]).toEqual([now + 1_000, now - 29_000]);
      pass(1_000);
      await store.retire('chat', 'other');
      expect(await isOver(store)).toBe(true);
    },
  );

  it('ahead gives the lease of a leader to nobody else, and does not end it for its holder', async () => {
    const { time, clock, pass } = twoClocks();
    await using store = sqliteStore({ path: join(tempFolder(), 'a.db'), clock });
    const { lease } = await store.acquire('lead', 'a', 30_000);
    time.wall += hourMs;
    pass(29_000);
    expect((await store.acquire('lead', 'b', 30_000)).ok).toBe(false);
    const renewed = await store.renew(lease, 30_000);
    expect(renewed).toMatchObject({ ok: true, lease: { until: time.wall + 30_000 } });
    await store.release(renewed.lease);
    expect((await store.acquire('lead', 'b', 30_000)).ok).toBe(true);
    pass(30_000);
    expect((await store.acquire('lead', 'a', 30_000)).ok).toBe(true);
  });

  it('ahead does not let a later word shorten a lease', async () => {
    const { time, clock } = twoClocks();
    await using store = sqliteStore({ path: join(tempFolder(), 'a.db'), clock });
    await store.acknowledge({ ...told, replica: 'a' });
    time.wall += hourMs;
    const { until } = await store.acknowledge({ ...told, replica: 'a', leaseMs: 1 });
    expect(until).toBe(time.wall + 30_000);
  });

  it('back ends no lease early either', async () => {
    const { time, clock, pass } = twoClocks();
    await using store = sqliteStore({ path: join(tempFolder(), 'a.db'), clock });
    await store.acknowledge({ ...told, replica: 'a' });
    time.wall -= hourMs;
    pass(29_000);
    expect(await isOver(store)).toBe(false);
  });

  it('anew by a start of the machine leaves no lease of before standing', async () => {
    const { time, clock, pass } = twoClocks();
    await using store = sqliteStore({ path: join(tempFolder(), 'a.db'), clock });
    await store.acknowledge({ ...told, replica: 'a' });
    await store.acquire('lead', 'a', 30_000);
    pass(60_000);
    time.steady = 20_000;
    expect(await isOver(store)).toBe(true);
    expect((await store.acquire('lead', 'b', 30_000)).ok).toBe(true);
  });

  it('can be told from time that has passed, since all processes of a machine share a monotonic clock', () => {
    const before = process.hrtime.bigint();
    const program = 'process.stdout.write(String(process.hrtime.bigint()))';
    const there = BigInt(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
    expect(there > before && there < process.hrtime.bigint()).toBe(true);
  });
});
