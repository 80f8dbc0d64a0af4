import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import { rolloutFlags } from '../../src/rollout/rollout-flags.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { tempFolder } from '../store/temp-folder.ts';
import { ada, rolloutWorld, tenantNames } from './world.ts';

const plan = { holdMs: 0, dailyCycleMs: 0, steps: [{ percent: 0 }, { percent: 50 }] };
const tenants = tenantNames(50);

/** A rollout in a file, and what somebody does at the database's own prompt. */
async function editable() {
  const path = join(tempFolder(), 'cutover.db');
  const clock = fakeClock();
  const world = rolloutWorld(sqliteStore({ path, clock }), clock);
  const rollout = await world.rollout(plan, { leads: false });
  const prompt = new DatabaseSync(path);
  const edit = (state: object | string, version: number): void => {
    const text = typeof state === 'string' ? state : JSON.stringify({ ...state, version });
    prompt.prepare('UPDATE rollouts SET state = ?, version = ?').run(text, version);
  };
  const end = async () => {
    prompt.close();
    await world[Symbol.asyncDispose]();
  };
  const take = () => void prompt.prepare('UPDATE rollouts SET state = NULL').run();
  return { world, rollout, edit, take, [Symbol.asyncDispose]: end };
}

describe('a state that somebody has edited by hand', () => {
  it.each([
    ['percent', { percent: 5_000 }],
    ['percent', { percent: '50' }],
    ['from', { from: 'live' }],
    ['from', { from: 'legacy' }],
    ['to', { to: 'liv' }],
    ['overrides', { overrides: null }],
    ['overrides', { overrides: { 'tenant-1': 'lve' } }],
    ['salt', { salt: undefined }],
    ['hash', { hash: 'v2' }],
    ['since', { since: 'yesterday' }],
  ])(
    'and cannot be obeyed for its %s, is obeyed by nobody, and told: %o',
    async (field, edited) => {
      await using there = await editable();
      const { world, rollout, edit } = there;
      await rollout.advance({ ...ada, force: true });
      const stagesOf = () => tenants.map((tenant) => rollout.stageOf(tenant));
      const before = stagesOf();
      const good = (await rollout.status()).state;
      edit({ ...good, ...edited }, 3);
      await world.clock.advance(10_000);
      expect(stagesOf()).toEqual(before);
      expect(world.warnings.join()).toContain(`cannot be obeyed: ${field} must be`);
      await expect(rollout.status()).rejects.toMatchObject({ code: 'ERR_CUTOVER_STATE' });
      await expect(rollout.hold(ada)).rejects.toMatchObject({ code: 'ERR_CUTOVER_STATE' });

      // A way back is in force here all the same, and is entered once the state is put right.
      await expect(rollout.rollback(ada)).rejects.toMatchObject({ why: 'unreachable' });
      expect(stagesOf().every((stage) => stage === 'shadow')).toBe(true);
      edit(good, 4);
      await world.clock.advance(10_000);
      expect((await rollout.status()).state).toMatchObject({ version: 5, status: 'rolled-back' });
    },
  );

  it('and is no JSON any more is told by what it is', async () => {
    await using there = await editable();
    const { world, rollout, edit } = there;
    edit('{"version": 2, "percent": 5,', 2);
    await world.clock.advance(10_000);
    expect(rollout.stageOf('x')).toBe('shadow');
    expect(world.warnings.join()).toContain('cannot be obeyed: it must be JSON');
    await expect(rollout.status()).rejects.toMatchObject({ code: 'ERR_CUTOVER_STATE' });
    edit('"gone"', 3);
    await expect(rollout.status()).rejects.toThrow('cannot be obeyed: it must be an object');
  });

  it('and is gone is not begun anew by a process that starts, as long as there is its trail', async () => {
    await using there = await editable();
    const { world, rollout, edit, take } = there;
    await rollout.set({ ...ada, percent: 50 });
    const good = (await rollout.status()).state;
    take();
    const logger = { warn: (message: string) => void world.warnings.push(message) };
    await using late = createRollout({
      store: world.store,
      clock: world.clock,
      plan,
      logger,
      leads: false,
    });
    await world.clock.advance(10_000);
    expect(world.warnings.join()).toMatch(/start .* cannot be obeyed: it is gone, and its trail/);
    expect(tenants.map((tenant) => late.stageOf(tenant))).toEqual(tenants.map(() => undefined));
    expect((await world.store.rollout('cutover')).state).toBe(undefined);
    edit(good, 3);
    await world.clock.advance(10_000);
    await late.ready;
    expect((await late.status()).state.percent).toBe(50);
  });

  it('is obeyed with fields and words of a newer version that say nothing of who is where', async () => {
    await using there = await editable();
    const { world, rollout, edit } = there;
    const { state } = await rollout.status();
    edit({ ...state, percent: 100, status: 'paused', region: 'eu' }, 2);
    await world.clock.advance(10_000);
    expect(rollout.stageOf('x')).toBe('live');
    const flags = rolloutFlags(rollout);
    expect(flags.resolveStringEvaluation('f', 'off', { targetingKey: 'x' }).value).toBe('live');
    expect(await rollout.rollback(ada)).toMatchObject({ percent: 0, region: 'eu' });
  });
});
