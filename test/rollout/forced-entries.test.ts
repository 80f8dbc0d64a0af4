import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/core/contracts/audit-entry.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { ada, rolloutWorld } from './world.ts';

const steps = [{ percent: 0 }, { percent: 0.01 }, { percent: 50 }, { percent: 100 }];
const plan = { steps, holdMs: 0, dailyCycleMs: 0 };

async function lastOf(store: Store): Promise<AuditEntry | undefined> {
  let last: AuditEntry | undefined;
  for await (const entry of store.audit('cutover')) last = entry;
  return last;
}

describe('what a person does against what the ramp says', () => {
  it('is entered of a percentage that passes over steps, and of no other', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout(plan);
    await rollout.set({ ...ada, percent: 0.01, force: true });
    expect((await lastOf(world.store))?.evidence).not.toHaveProperty('forced');
    await rollout.set({ ...ada, percent: 60, force: true });
    expect(await lastOf(world.store)).toMatchObject({
      kind: 'ramp.set',
      evidence: { forced: true },
    });
  });

  it('is entered of a step that moves nobody', async () => {
    await using world = rolloutWorld();
    await world.traffic(3);
    const rollout = await world.rollout(plan);
    await rollout.advance({ ...ada, allowEmpty: true });
    expect(await lastOf(world.store)).toMatchObject({ evidence: { allowEmpty: true } });
    await world.clock.advance(1_000);
    await rollout.advance({ ...ada, allowEmpty: true });
    expect((await lastOf(world.store))?.evidence).not.toHaveProperty('allowEmpty');
  });

  it('is entered of a way back to a dead legacy, of a way out of it, and of no way back to a living one', async () => {
    await using world = rolloutWorld();
    let alive = true;
    const rollout = await world.rollout(plan, { probeLegacy: () => alive });
    await rollout.rollback({ ...ada, force: true, stopLearning: true });
    expect(await lastOf(world.store)).toMatchObject({ kind: 'shadow-writes.stopped' });
    for await (const { kind, evidence } of world.store.audit('cutover')) {
      if (kind === 'rollback') expect(evidence).not.toHaveProperty('forced');
    }
    await rollout.resume(ada);
    alive = false;
    await world.clock.advance(6_000);
    await rollout.set({ ...ada, percent: 0.01, force: true });
    expect(await lastOf(world.store)).toMatchObject({
      kind: 'ramp.set',
      evidence: { forced: true },
    });
    await rollout.rollback({ ...ada, force: true });
    expect(await lastOf(world.store)).toMatchObject({
      kind: 'rollback',
      evidence: { forced: true },
    });
  });
});
