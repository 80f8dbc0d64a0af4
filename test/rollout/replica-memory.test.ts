import { expect, it } from 'vitest';
import type { RolloutState } from '../../src/core/contracts/rollout-state.ts';
import { Replica } from '../../src/rollout/replica/replica.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { bytesInUse } from '../shadow/collect-garbage.ts';

const state: RolloutState = {
  ...{ version: 1, from: 'shadow', to: 'live', percent: 0, step: 0, since: 0, status: 'ramping' },
  ...{ overrides: {}, salt: '', hash: 'v1', policyHash: '', actor: 'Ada' },
};

it('A replica keeps nothing of the words that it has said, however long it runs', async () => {
  const clock = fakeClock();
  await using store = memoryStore({ clock });
  const replica = new Replica({
    ...{ store, clock, rollout: 'chat', identity: 'one', from: 'shadow', onLostContact: 'keep' },
    ...{ leaseMs: 30_000, pollMs: 5_000 },
    lessons: () => ({ pending: 0, learned: 0 }),
    changed: () => undefined,
    contained: () => undefined,
    lost: () => undefined,
  });
  replica.adopt(state);
  const saysOften = async (): Promise<void> => {
    for (let times = 0; times < 4_000; times += 1) await clock.advance(5_000);
  };
  await saysOften();
  const before = bytesInUse();
  await saysOften();
  expect(bytesInUse() - before).toBeLessThan(100_000);
  replica.close();
});
