import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { tempFolder } from '../store/temp-folder.ts';
import { ada, rolloutWorld } from './world.ts';

const plan = { holdMs: 0, dailyCycleMs: 0, steps: [{ percent: 0 }, { percent: 100 }] };

/** A store with a standby that gets each commit, until it falls behind. */
function replicated(clock = fakeClock()) {
  const [primary, standby] = [memoryStore({ clock }), memoryStore({ clock })];
  const servers = { current: primary, isBehind: false, isCut: false };
  const store = new Proxy(primary, {
    get(_, name: keyof Store) {
      const { current, isBehind } = servers;
      const method = current[name] as (...args: unknown[]) => unknown;
      if (name === 'acknowledge' && servers.isCut) return () => Promise.reject(new Error('gone'));
      if (name !== 'commit') return method.bind(current);
      return async (commit: Parameters<Store['commit']>[0]) => {
        if (!isBehind && current === primary) await standby.commit(commit);
        return current.commit(commit);
      };
    },
  });
  return { clock, store, servers, standby };
}

describe('a store that has lost a commit', () => {
  it('has a rollback obeyed that was ordered in a file put in the place of its own', async () => {
    const [clock, path] = [fakeClock(), join(tempFolder(), 'store.db')];
    await using world = rolloutWorld(sqliteStore({ path, clock }), clock);
    const one = await world.rollout(plan);
    await one.advance({ ...ada, force: true });
    await one.hold(ada);
    expect(one.stageOf('x')).toBe('live');
    for (const file of ['', '-wal', '-shm']) rmSync(path + file);
    await using otherWorld = rolloutWorld(sqliteStore({ path, clock }), clock);
    const other = await otherWorld.rollout(plan, { identity: 'other' });
    await other.rollback({ ...ada, force: true });
    await clock.advance(10_000);
    expect(one.stageOf('x')).toBe('shadow');
    expect(world.warnings.join()).toContain('the store has lost commits');
  });

  it('has its rollback obeyed, though it has the version of what was lost', async () => {
    const { clock, store, servers, standby } = replicated();
    await using world = rolloutWorld(store, clock);
    const [one, two] = [await world.rollout(plan), await world.rollout(plan, { leads: false })];
    servers.isBehind = true;
    await one.advance(ada);
    await clock.advance(1_000);
    expect([one.stageOf('x'), two.stageOf('x')]).toEqual(['live', 'live']);
    servers.current = standby;
    await one.rollback(ada);
    expect(one.stageOf('x')).toBe('shadow');
  });

  it('has it obeyed by all who were cut off meanwhile', async () => {
    const { clock, store, servers, standby } = replicated();
    await using world = rolloutWorld(store, clock);
    const [one, two] = [await world.rollout(plan), await world.rollout(plan, { leads: false })];
    servers.isBehind = true;
    await one.advance(ada);
    await clock.advance(10_000);
    expect(two.stageOf('x')).toBe('live');
    servers.isCut = true;
    await clock.advance(10_000);
    servers.current = standby;
    await one.rollback(ada);
    servers.isCut = false;
    await clock.advance(10_000);
    expect(two.stageOf('x')).toBe('shadow');
    expect(world.warnings.join()).toContain('version 2 was there, now another one is');
  });

  it('has a tenant obeyed who was moved in the place of another one', async () => {
    const { clock, store, servers, standby } = replicated();
    await using world = rolloutWorld(store, clock);
    const one = await world.rollout(plan);
    servers.isBehind = true;
    await one.override('x', 'live', ada);
    servers.current = standby;
    await one.override('y', 'live', ada);
    expect([one.stageOf('x'), one.stageOf('y')]).toEqual(['shadow', 'live']);
  });

  it('counts for every replica, which says so, and hears of the next rollback', async () => {
    const { clock, store, servers, standby } = replicated();
    const warnings: string[] = [];
    await using world = rolloutWorld(store, clock);
    const logger = { warn: (message: string) => void warnings.push(message) };
    const one = await world.rollout(plan, { logger });
    const two = await world.rollout(plan, { leads: false, logger });
    servers.isBehind = true;
    await one.advance(ada);
    await clock.advance(1_000);
    servers.current = standby;
    await clock.advance(30_000);
    expect([one.stageOf('x'), two.stageOf('x')]).toEqual(['shadow', 'shadow']);
    expect(warnings.join()).toContain(
      'the store has lost commits: version 2 was there, now it is 1. Everybody obeys what is there: order again what was lost',
    );
    await one.advance(ada);
    await clock.advance(30_000);
    expect(two.stageOf('x')).toBe('live');
    await one.rollback(ada);
    await clock.advance(30_000);
    expect(await one.isAcknowledged()).toBe(true);
    expect([one.stageOf('x'), two.stageOf('x')]).toEqual(['shadow', 'shadow']);
  });

  it('warns where it has lost all of them, and everybody stays where they are', async () => {
    const { clock, store, servers } = replicated();
    await using world = rolloutWorld(store, clock);
    const one = await world.rollout(plan);
    await one.advance(ada);
    await clock.advance(10_000);
    servers.current = memoryStore({ clock });
    await clock.advance(10_000);
    expect(one.stageOf('x')).toBe('live');
    expect(world.warnings.join()).toContain('version 2 was there, now there is no state');
  });
});
