import { expect, it } from 'vitest';
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
