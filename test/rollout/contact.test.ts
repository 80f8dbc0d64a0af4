import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/contracts/store.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { ada, rolloutWorld } from './world.ts';

const plan = { holdMs: 0, dailyCycleMs: 0, steps: [{ percent: 0 }, { percent: 100 }] };

/** A replica that is told to go back to legacy without contact, and what becomes of its words to the store. */
async function contactWorld(options: { pollMs?: number } = {}) {
  const clock = fakeClock();
  const inner = memoryStore({ clock });
  const words = { how: 'heard' as 'heard' | 'hang' | 'late' | 'lost', said: 0 };
  const hung = Promise.withResolvers<void>();
  const acknowledge: Store['acknowledge'] = async (told) => {
    words.said += 1;
    if (words.how === 'lost') throw new Error('The cable is cut.');
    if (words.how === 'hang') {
      words.how = 'heard';
      await hung.promise;
    }
    const answer = await inner.acknowledge(told);
    if (words.how === 'late') {
      const { promise: later, resolve } = Promise.withResolvers<void>();
      clock.setTimeout(resolve, 20_000);
      await later;
    }
    return answer;
  };
  const store = new Proxy(inner, {
    get: (target, name) => {
      if (name === 'acknowledge') return acknowledge;
      const method = Reflect.get(target, name, target);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
  const world = rolloutWorld(inner, clock);
  const replica = await world.rollout(plan, {
    ...{ store, identity: 'one', leads: false, onLostContact: 'legacy' },
    ...options,
  });
  await replica.set({ ...ada, percent: 100, force: true });
  await clock.advance(0);
  /** When the store takes the replica's lease for over. */
  const until = async () => (await inner.replicas('cutover')).replicas[0]?.until ?? 0;
  return { world, clock, words, hung, replica, until };
}

describe('a replica that loses contact', () => {
  it.each(['heard', 'late'] as const)(
    'knows it before the store takes its lease for over (the last word was %s)',
    async (how) => {
      const { world, clock, words, replica, until } = await contactWorld();
      await using _world = world;
      words.how = how;
      await clock.advance(21_000);
      words.how = 'lost';
      const end = await until();
      expect(end).toBeGreaterThan(clock.now());
      await clock.advance(end - clock.now() - 1_000);
      expect(replica.stageOf('x')).toBe('live');
      await clock.advance(500);
      expect(replica.stageOf('x')).toBe('shadow');
    },
  );

  it('says its word again when a store has not answered it for a lease', async () => {
    const { world, clock, words, hung, replica } = await contactWorld();
    await using _world = world;
    words.how = 'hang';
    await clock.advance(34_000);
    expect(replica.stageOf('x')).toBe('shadow');
    await clock.advance(6_000);
    expect(replica.stageOf('x')).toBe('live');
    hung.resolve();
  });

  it('is none that looks more seldom than its lease is long', async () => {
    const { world, clock, replica } = await contactWorld({ pollMs: 120_000 });
    await using _world = world;
    for (let seconds = 0; seconds < 100; seconds += 5) {
      await clock.advance(5_000);
      expect(replica.stageOf('x')).toBe('live');
    }
  });

  it('does not hold its lease for longer because it was closed', async () => {
    const { world, clock, words, replica, until } = await contactWorld();
    await using _world = world;
    await clock.advance(3_000);
    const [said, end] = [words.said, await until()];
    await replica.close();
    expect(words.said).toBe(said + 1);
    expect(await until()).toBe(end);
  });

  it('stays with the candidate where the ramp is frozen: legacy is not there to go back to', async () => {
    const { world, clock, words, replica } = await contactWorld();
    await using _world = world;
    await world.rollout(plan, { probeLegacy: () => false });
    await clock.advance(12_000);
    expect((await replica.status()).state).toMatchObject({ status: 'frozen', percent: 100 });
    words.how = 'lost';
    await clock.advance(60_000);
    expect((await replica.status()).lostContact).toBe(true);
    expect(replica.stageOf('x')).toBe('live');
  });
});

it('warns of two processes that go by one name, and of none that has come in the place of another', async () => {
  await using world = rolloutWorld();
  const first = await world.rollout({}, { identity: 'web' });
  await world.clock.advance(60_000);
  await first.close();
  await world.rollout({}, { identity: 'web' });
  await world.clock.advance(60_000);
  expect(world.warnings).toEqual([]);
  await world.rollout({}, { identity: 'web' });
  await world.clock.advance(60_000);
  expect(world.warnings.join()).toContain(
    'two processes of the rollout cutover have the identity web',
  );
});
