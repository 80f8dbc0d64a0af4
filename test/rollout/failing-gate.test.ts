import { describe, expect, it } from 'vitest';
import type { CustomRun } from '../../src/rollout/gates/custom-gate.ts';
import { customGate } from '../../src/rollout/gates/custom-gate.ts';
import { ada, rolloutWorld } from './world.ts';

const asking = (begin: () => CustomRun) => customGate({ name: 'cost', source: 'probe', begin });

/** What is warned of while the leader asks such a gate. */
async function warned(begin: () => CustomRun): Promise<string> {
  await using world = rolloutWorld();
  await world.rollout({ gates: [asking(begin)] });
  await world.clock.advance(10_000);
  return world.warnings.join('\n');
}

describe('a gate of the app that fails', () => {
  it('is told by its name and by what it has failed with, not by a message that may hold anything', async () => {
    const broken = () => ({
      read: () => {
        throw new TypeError('Anna Muster, 4 Main Street');
      },
    });
    const told = await warned(broken);
    expect(told).toContain('gate cost of the rollout cutover failed: TypeError; it is invalid');
    expect(told).not.toContain('Anna');
  });

  it('is told where it cannot even begin', async () => {
    const told = await warned(() => {
      throw new RangeError('no');
    });
    expect(told).toContain('gate cost of the rollout cutover failed: RangeError');
  });

  it('is told where it forgets to say anything', async () => {
    const told = await warned(() => ({ read: () => ({}) as never }));
    expect(told).toContain(
      'failed: The gate cost said no outcome: it must be one of pass, fail, hold, invalid; it is',
    );
  });

  it.each<[string, string, () => never]>([
    ['that says nothing', `${'x'.repeat(59)}😀`, () => ({}) as never],
    [
      'by what a driver says',
      'cost',
      () => {
        throw Object.assign(new Error('no'), { errstr: `${'h'.repeat(119)}😀` });
      },
    ],
  ])('%s, cut within a character, keeps no change out of the trail', async (_, name, read) => {
    await using world = rolloutWorld();
    const gate = customGate({ name, source: 'probe', begin: () => ({ read }) });
    const rollout = await world.rollout({ gates: [gate] });
    await world.clock.advance(10_000);
    await rollout.advance({ ...ada, force: true, allowEmpty: true });
    await world.clock.advance(10_000);
    expect((await rollout.rollback(ada)).status).toBe('rolled-back');
  });

  it('is told beside another that fails', async () => {
    await using world = rolloutWorld();
    const begin = () => {
      throw new RangeError('no');
    };
    const gates = ['cost', 'tickets'].map((name) => customGate({ name, source: 'probe', begin }));
    await world.rollout({ gates });
    await world.clock.advance(10_000);
    expect(world.warnings).toHaveLength(2);
    expect(world.warnings.join()).toContain('gate tickets of the rollout cutover failed');
  });

  it('is not told while it works', async () => {
    expect(await warned(() => ({ read: () => ({ outcome: 'pass', says: 'fine' }) }))).toBe('');
  });
});
