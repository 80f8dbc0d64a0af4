import { expect, it, vi } from 'vitest';
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
  cable.down = false;
  vi.spyOn(world.store, 'commit').mockRejectedValue(new Error('disk full'));
  await expect(rollout.resume(ada)).rejects.toMatchObject({ why: 'unreachable' });
});
