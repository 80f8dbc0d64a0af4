import type { Stage } from 'engramia-cutover';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { uncounted } from '../../bench/conservation.ts';
import { ScheduledWorld, type ServiceMood, type Step } from './scheduled-world.ts';

const tenant = fc.constantFrom('a', 'b', 'c');
const just = <const T extends Step['do']>(what: T) => fc.record({ do: fc.constant(what) });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('call'), tenant, fails: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('flag'),
      stage: fc.constantFrom<Stage>('off', 'dualwrite', 'shadow', 'live', 'rampdown'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('service'),
      mood: fc.constantFrom<ServiceMood>('stores', 'breaks', 'is gone', 'hangs'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, 10_000, 60_000) }),
  },
  { weight: 2, arbitrary: just('kill') },
  { weight: 2, arbitrary: just('revive') },
  { weight: 1, arbitrary: just('flush') },
  { weight: 1, arbitrary: just('close') },
) as fc.Arbitrary<Step>;

const played = { interleavings: 0, calls: 0, kills: 0 };
afterAll(() => {
  const { interleavings, calls, kills } = played;
  process.stdout.write(`interleavings: ${interleavings} played, ${calls} calls, ${kills} kills\n`);
});

describe('any interleaving of calls, flags, kills, flushes, closes and what the service does', () => {
  it('starts no candidate after kill() has returned, loses no task and no promise, and closes once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 3, maxLength: 25 }),
        async (turns, steps) => {
          const world = new ScheduledWorld(turns);
          await world.play(steps);
          played.interleavings += 1;
          played.calls += world.replies.length;
          played.kills += steps.filter((one) => one.do === 'kill').length;

          expect(world.startedThoughKilled).toBe(0);
          expect(world.outstanding).toBe(0);
          for (const reply of world.replies) {
            expect(reply).toEqual({
              status: 'fulfilled',
              value: expect.stringMatching(/^(legacy|candidate)$/),
            });
          }
          const { learn, mirror, state } = world.handler.stats();
          expect({ learn: uncounted(learn) + learn.pending }).toEqual({ learn: 0 });
          expect({ mirror: uncounted(mirror) + mirror.pending }).toEqual({ mirror: 0 });
          expect(new Set(world.reports).size).toBe(1);
          expect(state).toBe('closed');
        },
      ),
      { numRuns: 2_000 },
    );
    expect(played.calls).toBeGreaterThan(5_000);
    expect(played.kills).toBeGreaterThan(1_000);
  }, 120_000);
});
