import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { RolloutState } from '../../src/core/contracts/rollout-state.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { tempFolder } from '../store/temp-folder.ts';
import { ada, rolloutWorld } from './world.ts';

const plan = { holdMs: 0, dailyCycleMs: 0, steps: [{ percent: 0 }, { percent: 50 }] };
const word = 'is not what its trail has entered';

/** A rollout in a file, and what somebody does at the database's own prompt. */
async function editable() {
  const path = join(tempFolder(), 'cutover.db');
  const clock = fakeClock();
  const world = rolloutWorld(sqliteStore({ path, clock }), clock);
  const rollout = await world.rollout(plan);
  const prompt = new DatabaseSync(path);
  const edit = (change: Partial<RolloutState>, by: number): void => {
    const { state: text } = prompt.prepare('SELECT state FROM rollouts').get() ?? {};
    const state = JSON.parse(String(text));
    const version = state.version + by;
    const edited = JSON.stringify({ ...state, ...change, version });
    prompt.prepare('UPDATE rollouts SET state = ?, version = ?').run(edited, version);
  };
  const end = async () => {
    prompt.close();
    await world[Symbol.asyncDispose]();
  };
  return { world, rollout, edit, [Symbol.asyncDispose]: end };
}

describe('a state that somebody has changed in the store itself', () => {
  it.each<[string, Partial<RolloutState>, number]>([
    ['version', { percent: 100 }, 1],
    ['version', { overrides: { acme: 'live' } }, 1],
    ['percent', { percent: 100 }, 0],
    ['salt', { salt: 'mine' }, 0],
    ['overrides', { overrides: { acme: 'live' } }, 0],
    ['since', { since: 0 }, 0],
    ['status', { status: 'complete' }, 0],
  ])('is told, for its %s: %o', async (what, change, by) => {
    await using there = await editable();
    const { world, rollout, edit } = there;
    await rollout.hold(ada);
    await world.clock.advance(10_000);
    expect(world.warnings).toEqual([]);
    edit(change, by);
    await world.clock.advance(10_000);
    expect(world.warnings.join()).toContain(`${word} (${what})`);
    expect(world.warnings.join()).not.toContain('acme');
  });

  it('is told no longer once somebody has entered a change behind it, which shows both', async () => {
    await using there = await editable();
    const { world, rollout, edit } = there;
    edit({ percent: 100 }, 1);
    await world.clock.advance(120_000);
    await rollout.hold({ actor: 'Ada', reason: 'the percentage was set at the prompt' });
    const told = world.warnings.length;
    await world.clock.advance(300_000);
    expect(world.warnings).toHaveLength(told);
    const afters: unknown[] = [];
    for await (const { before, after } of world.store.audit('cutover')) {
      if (after !== undefined) afters.push(before, after);
    }
    const [, entered, found] = afters as { percent: number }[];
    expect([entered?.percent, found?.percent]).toEqual([0, 100]);
  });

  it('is not told of what others change while somebody looks', async () => {
    await using world = rolloutWorld();
    const [a, b] = [await world.rollout(plan), await world.rollout(plan)];
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.allSettled([
        a.status(),
        b.override(`tenant-${turn}`, turn % 2 ? 'live' : 'shadow', ada),
        a.set({ ...ada, percent: turn }),
        b.status(),
        a.attest({ ...ada, kind: 'smoke', ok: true }),
        world.clock.advance(5_000),
      ]);
    }
    await a.rollback(ada);
    await a.resume(ada);
    await world.clock.advance(10_000);
    expect(world.warnings).toEqual([]);
  });
});
