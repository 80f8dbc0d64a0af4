import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../../src/core/contracts/counts.ts';
import { DropMemory } from '../../../src/shadow/mirror/drop-memory.ts';
import { ToldPairsLane } from '../../../src/shadow/mirror/told-pairs-lane.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { recorder } from '../recorder.ts';

const counts = { accepted: 1 } as never;
const exchange = { tenant: 'acme' } as never;

/** A lane on a lane that does as it is told, and all that was asked of the lane and of the sink. */
function setUp(world: { drop?: DropReason; isTaken?: boolean; drained?: boolean } = {}) {
  const clock = fakeClock();
  const calls: unknown[] = [];
  const takes = { laneMs: 300, isKept: true };
  const drops = new DropMemory(recorder([]));
  const wait = (what: string, ms: number, answer: unknown) => {
    calls.push([what, ms]);
    return new Promise<never>((resolve) =>
      clock.setTimeout(() => resolve(answer as never), takes.laneMs),
    );
  };
  const report = { counts, drained: world.drained ?? true };
  const lane = {
    offer: () => {
      const { drop: reason } = world;
      if (reason) drops.emit('dropped', { lane: 'mirror', reason, tenant: 'acme' });
      return world.isTaken ?? false;
    },
    skip: (...given: unknown[]) => void calls.push(['lane skips', ...given]),
    stats: () => 'statistics' as never,
    flush: (ms: number) => wait('lane flushes', ms, report),
    close: (ms: number) => wait('lane closes', ms, report),
  };
  const outlet = {
    missed: (...given: unknown[]) => void calls.push(['missed', ...given]),
    hurry: (ms: number) => void calls.push(['sink hurries', ms]),
    flush: async (ms: number) => {
      calls.push(['sink flushes', ms]);
      return takes.isKept;
    },
    close: async (ms: number) => {
      calls.push(['sink closes', ms]);
      return takes.isKept;
    },
  };
  return {
    ...{ clock, calls, takes },
    told: new ToldPairsLane({ lane, drops, outlet: outlet as never, clock }),
  };
}

describe('an exchange that is offered', () => {
  it.each([
    ['is taken', { isTaken: true }, []],
    ['is taken at the cost of another', { isTaken: true, drop: 'tenant' as const }, []],
    ['has no room', { drop: 'bytes' as const }, [['missed', exchange, 'bytes']]],
    ['cannot be looked at', {}, [['missed', exchange, 'unreadable']]],
  ])('and %s is missed by that reason, or not at all', (_what, world, missed) => {
    const { told, calls } = setUp(world);
    expect(told.offer(exchange)).toBe('isTaken' in world);
    expect(calls).toEqual(missed);
  });

  it('and passed by is missed where it is known which it was', () => {
    const { told, calls } = setUp();
    const passBy = told.skip.bind(told);
    passBy('sampled', exchange);
    passBy('unsafe');
    expect(calls).toEqual([
      ['lane skips', 'sampled', exchange],
      ['missed', exchange, 'sampled'],
      ['lane skips', 'unsafe', undefined],
    ]);
    expect(told.stats()).toBe('statistics');
  });
});

describe('a flush', () => {
  it('leaves the sink the time that the lane has left', async () => {
    const { told, clock, calls } = setUp();
    const flushed = told.flush(1_000);
    await clock.advance(300);
    expect(await flushed).toEqual({ counts, drained: true });
    expect(calls).toEqual([
      ['lane flushes', 1_000],
      ['sink flushes', 700],
    ]);
    const late = told.flush(100);
    await clock.advance(300);
    await late;
    expect(calls.at(-1)).toEqual(['sink flushes', 0]);
  });

  it.each([
    [true, false],
    [false, true],
  ])('is drained when lane and sink are: not %s and %s', async (drained, isKept) => {
    for (const end of ['flush', 'close'] as const) {
      const { told, clock, takes } = setUp({ drained });
      takes.isKept = isKept;
      const ended = told[end](1_000);
      await clock.advance(300);
      expect(await ended).toEqual({ counts, drained: false });
    }
  });
});

describe('a close', () => {
  it('closes the sink once, in the time that is left of the shortest that was asked for', async () => {
    const { told, clock, calls } = setUp();
    const first = told.close(1_000);
    await clock.advance(100);
    const second = told.close(500);
    const third = told.close(2_000);
    expect(second).toBe(first);
    expect(third).toBe(first);
    await clock.advance(300);
    expect(await first).toEqual({ counts, drained: true });
    expect(calls).toEqual([
      ['lane closes', 1_000],
      ['sink hurries', 1_000],
      ['lane closes', 500],
      ['sink hurries', 500],
      ['lane closes', 2_000],
      ['sink hurries', 2_000],
      ['sink closes', 300],
    ]);
  });
});
