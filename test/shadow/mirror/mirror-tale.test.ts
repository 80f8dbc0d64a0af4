import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Mirror } from '../../../src/core/contracts/exchange.ts';
import type { CutoverEventType } from '../../../src/core/events/events.ts';
import type { MirrorTale } from '../../../src/shadow/mirror/mirror-tale.ts';
import { PairOutlet } from '../../../src/shadow/mirror/pair-outlet.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { collectedPairs } from '../collected-pairs.ts';
import { recorder } from '../recorder.ts';

let Tale: typeof MirrorTale;

// The table of endings is made once, by whoever comes first: here each test makes its own.
beforeEach(async () => {
  vi.resetModules();
  ({ MirrorTale: Tale } = await import('../../../src/shadow/mirror/mirror-tale.ts'));
});

// What a mutant was in when it was loaded is not to be kept for others in the same process.
afterAll(() => void vi.resetModules());

const facts = { route: 'chat', requestId: 'request-1', tenant: 'acme', stage: 'shadow' } as const;
const exchange = { ...facts, kind: 'compare' } as const;

function setUp(hears: readonly CutoverEventType[] = ['settled']) {
  const clock = fakeClock();
  const reporter = recorder(hears);
  const sink = collectedPairs();
  const outlet = new PairOutlet({ sink, clock, reporter });
  const tale = new Tale({ clock, reporter, outlet });
  const missed = async () => {
    await outlet.flush(0);
    return sink.missedBy();
  };
  return { clock, reporter, tale, missed };
}

describe('the end of a mirror', () => {
  it.each([
    ['stored', 'failed'],
    ['deduplicated', 'failed'],
    ['unknown', 'failed'],
    ['failed', 'failed'],
    ['timedOut', 'late'],
    ['aborted', 'aborted'],
    ['noKey', 'noKey'],
    ['filtered', 'filtered'],
    ['unsafe', 'unsafe'],
    ['unreadable', 'unreadable'],
    ['sampled', 'sampled'],
    ['budget', 'budget'],
  ] as const)('as %s is told, and without a pair is counted as %s', async (ending, why) => {
    const { tale, reporter, missed } = setUp();
    tale.ended(exchange, ending, false, undefined);
    expect(reporter.events).toStrictEqual([
      { type: 'settled', ...facts, lane: 'mirror', outcome: ending },
    ]);
    expect(await missed()).toEqual({ [why]: 1 });
  });

  it.each(['count', 'bytes', 'tenant', 'closed'] as const)(
    'by a drop, which tells itself, is only counted, as %s',
    async (ending) => {
      const { tale, reporter, missed } = setUp();
      tale.ended(exchange, ending, false, undefined);
      expect(reporter.events).toEqual([]);
      expect(await missed()).toEqual({ [ending]: 1 });
    },
  );

  it('is not counted as missed where it has a pair', async () => {
    const { tale, reporter, missed } = setUp();
    tale.ended(exchange, 'timedOut', true, undefined);
    expect(reporter.of('settled')).toMatchObject([{ outcome: 'timedOut' }]);
    expect(await missed()).toEqual({});
  });

  it('is told with what was thrown, without its message', () => {
    const { tale, reporter } = setUp();
    tale.ended({ ...exchange, kind: 'noise' }, 'failed', false, new TypeError('secret'));
    const error = expect.objectContaining({ name: 'TypeError' });
    expect(reporter.events).toEqual([
      { type: 'settled', ...facts, noise: true, lane: 'mirror', outcome: 'failed', error },
    ]);
    expect(JSON.stringify(reporter.events)).not.toContain('secret');
  });

  it('is made into no event where nobody listens', async () => {
    const { tale, reporter, missed } = setUp([]);
    tale.ended(exchange, 'failed', false, undefined);
    expect(reporter.events).toEqual([]);
    expect(await missed()).toEqual({ failed: 1 });
  });
});

describe('a comparison', () => {
  const mirror = { ...exchange, leg: 'candidate' } as Mirror;
  const ended = { facts: { leg: 'legacy' }, held: undefined } as never;

  it('is made into no event where nobody listens', () => {
    const { tale, reporter } = setUp(['settled']);
    tale.compared(mirror, ended, ended);
    expect(reporter.events).toEqual([]);
  });
});
