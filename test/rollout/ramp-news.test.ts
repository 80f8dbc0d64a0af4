import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type CutoverHandler, createCutoverHandler } from 'engramia-cutover';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CutoverEvents } from '../../src/core/events/events.ts';
import { nextTurn } from '../../src/core/pieces.ts';
import type { Rollout } from '../../src/rollout/rollout.ts';
import { rolloutFlags } from '../../src/rollout/rollout-flags.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { flakyStore } from './flaky-store.ts';
import { ada, kindsOf, rolloutWorld, ToldGate } from './world.ts';

const plan = {
  holdMs: 0,
  dailyCycleMs: 0,
  steps: [{ percent: 0 }, { percent: 50 }, { percent: 100 }],
};

interface Heard {
  readonly handler: CutoverHandler<[string], string>;
  readonly stages: CutoverEvents['stage'][];
  readonly gates: CutoverEvents['gate'][];
}

/** A cutover whose flags are the rollout's, and what it emits of the ramp. */
function hearing(rollout: Rollout): Heard {
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => message,
    candidate: async (_context, message) => message,
    identify: () => ({ tenant: 'acme', task: 'a task' }),
    flags: rolloutFlags(rollout),
  });
  const heard: Heard = { handler, stages: [], gates: [] };
  handler.on('stage', ({ type: _, ...event }) => heard.stages.push(event));
  handler.on('gate', ({ type: _, ...event }) => heard.gates.push(event));
  onTestFinished(async () => void (await handler.close()));
  return heard;
}

/** Long enough for what was read from a store in memory. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}

const brief = ({ version, percent, status, actor, reason }: CutoverEvents['stage']) =>
  [version, percent, status, actor, reason] as const;

describe('a cutover with the flags of a rollout', () => {
  it('emits where the ramp stands, by whom and why, once each', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const { stages } = hearing(rollout);
    await rollout.set({ ...ada, percent: 25 });
    await rollout.hold({ actor: 'Grace', reason: 'lunch' });
    await rollout.rollback({ actor: 'Ada', reason: 'complaints' });
    await world.clock.advance(30_000);
    await settled();
    expect(stages.map(brief)).toEqual([
      [2, 25, 'ramping', 'Ada', 'as agreed'],
      [3, 25, 'held', 'Grace', 'lunch'],
      [4, 0, 'rolled-back', 'Ada', 'complaints'],
    ]);
    expect(stages[0]).toMatchObject({ rollout: 'cutover', from: 'shadow', to: 'live' });
  });

  it('emits it of a change that another replica has made', async () => {
    await using world = rolloutWorld();
    const here = hearing(await world.rollout(plan));
    const other = await world.rollout(plan);
    await other.set({ actor: 'Grace', reason: 'a first group', percent: 50 });
    await world.clock.advance(10_000);
    await settled();
    expect(here.stages.map(brief)).toEqual([[2, 50, 'ramping', 'Grace', 'a first group']]);
  });

  it('emits what a gate says first at a step, and whenever it says something else', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('told', 'signal');
    gate.says = 'hold';
    const rollout = await world.rollout({ ...plan, gates: [gate] });
    const { gates } = hearing(rollout);
    await world.clock.advance(30_000);
    gate.says = 'pass';
    await world.clock.advance(30_000);
    expect(gates.map(({ version, outcome }) => [version, outcome])).toEqual([
      [1, 'hold'],
      [1, 'pass'],
    ]);
    expect(gates[1]).toMatchObject({ rollout: 'cutover', name: 'told', sentence: 'told: pass' });
    await rollout.advance({ ...ada, allowEmpty: true });
    await world.clock.advance(30_000);
    expect(gates.map(({ version, outcome }) => [version, outcome])[2]).toEqual([2, 'pass']);
    expect(gates).toHaveLength(3);
  });

  it('tells each cutover once, however many routes it has, and none that has closed', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const [some, other] = [hearing(rollout), hearing(rollout)];
    await rollout.set({ ...ada, percent: 25 });
    await settled();
    expect([some.stages.length, other.stages.length]).toEqual([1, 1]);
    await some.handler.close();
    await rollout.set({ ...ada, percent: 50 });
    await settled();
    expect([some.stages.length, other.stages.length]).toEqual([1, 2]);
  });

  it('emits a way back that is ordered just before the rollout is closed', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    const { stages } = hearing(rollout);
    await rollout.rollback({ actor: 'Ada', reason: 'complaints' });
    await rollout.close();
    expect(stages.map(brief)).toEqual([[2, 0, 'rolled-back', 'Ada', 'complaints']]);
  });

  it('emits nothing of the gates of a step that is over, and what the next one says once', async () => {
    await using world = rolloutWorld();
    const slow = Promise.withResolvers<void>();
    const isSlow = { until: undefined as Promise<void> | undefined };
    const probeLegacy = async () => {
      const { until } = isSlow;
      isSlow.until = undefined;
      await until;
      return true;
    };
    const its = { ...plan, gates: [new ToldGate('told')] };
    const rollout = await world.rollout(its, { leads: false, probeLegacy });
    const { gates } = hearing(rollout);
    isSlow.until = slow.promise;
    const looking = rollout.status();
    await settled();
    await rollout.set({ ...ada, percent: 50 });
    await rollout.status();
    slow.resolve();
    await looking;
    await rollout.status();
    expect(gates.map(({ version }) => version)).toEqual([1, 2]);
  });

  it('publishes both to the channels', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({ ...plan, gates: [new ToldGate('told')] });
    hearing(rollout);
    const told: unknown[] = [];
    const subscriber = (event: unknown): void => void told.push(event);
    for (const type of ['stage', 'gate']) {
      subscribe(`engramia-cutover:${type}`, subscriber);
      onTestFinished(() => void unsubscribe(`engramia-cutover:${type}`, subscriber));
    }
    await rollout.set({ ...ada, percent: 25 });
    await settled();
    expect(told).toMatchObject([
      { type: 'gate', outcome: 'pass' },
      { type: 'stage', percent: 25 },
    ]);
  });

  it('reads nothing of the trail where nobody listens', async () => {
    const clock = fakeClock();
    const inner = memoryStore({ clock });
    let reads = 0;
    const store = new Proxy(inner, {
      get(target, name) {
        if (name === 'audit') reads += 1;
        const method = Reflect.get(target, name, target);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    await using world = rolloutWorld(store, clock);
    const rollout = await world.rollout(plan, { leads: false });
    const { handler } = hearing(rollout);
    await handler.close();
    reads = 0;
    await rollout.rollback(ada);
    await settled();
    expect(reads).toBe(0);
    expect(await kindsOf(inner)).toContain('rollback');
  });

  it('emits it without the reason where the trail cannot be read', async () => {
    const clock = fakeClock();
    const cable = flakyStore(memoryStore({ clock }));
    await using world = rolloutWorld(cable.store, clock);
    const rollout = await world.rollout(plan, {
      onChange: ({ version }) => {
        cable.down = version > 1;
      },
    });
    const { stages } = hearing(rollout);
    await rollout.set({ ...ada, percent: 25 });
    await settled();
    cable.down = false;
    expect(stages.map(brief)).toEqual([[2, 25, 'ramping', 'Ada', '']]);
  });
});
