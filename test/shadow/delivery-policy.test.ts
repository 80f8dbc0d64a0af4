import { describe, expect, it } from 'vitest';
import type { ImportOutcome, LearnOutcome } from '../../src/core/contracts/learner.ts';
import { EngramiaError } from '../../src/core/errors.ts';
import { createLearnLane } from '../../src/shadow/learn/learn-lane.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { servedExchange } from './exchanges.ts';
import { recorder } from './recorder.ts';
import { scopes } from './scopes.ts';

type Answer = 'done' | LearnOutcome;
type FailureKind = 'perhaps' | 'aborted' | 'refused' | 'quota' | 'unauthorized';

const paced = (afterMs?: number): LearnOutcome => ({
  kind: 'later',
  error: new EngramiaError('ERR_ENGRAMIA_PACED', 'not yet'),
  afterMs,
});
const limited = (afterMs: number): LearnOutcome => ({
  kind: 'later',
  error: new EngramiaError('ERR_ENGRAMIA_HTTP', 'enough', { errorCode: 'RATE_LIMITED' }),
  afterMs,
});
const answer = (kind: FailureKind): LearnOutcome => ({
  kind,
  error: new Error(kind),
});
const later = (afterMs?: number): LearnOutcome => ({
  kind: 'later',
  error: new Error('later'),
  afterMs,
});

/** A lane that delivers one way, and when it tried to; times are from the first try on. */
function setUp(via: 'learn' | 'import', answers: Answer[], rest: Answer = 'done') {
  const clock = fakeClock();
  const reporter = recorder();
  const at: number[] = [];
  const next = (): Answer => {
    at.push(clock.monotonic());
    return answers[at.length - 1] ?? rest;
  };
  const { learner } = scopes({
    now: () => clock.monotonic(),
    wasStored: () => false,
    learn: () => {
      const said = next();
      return said === 'done' ? { kind: 'stored', patternCount: 1 } : said;
    },
    import: ({ lessons }) => {
      const said = next();
      return said === 'done'
        ? { kind: 'imported', imported: lessons.length }
        : (said as ImportOutcome);
    },
  });
  const lane = createLearnLane({ learner, clock, random: () => 0.5, reporter });
  const offer = (requestId = 'request-1'): boolean =>
    lane.offer(servedExchange({ requestId, learning: { via } }));
  const times = (): number[] => at.map((ms) => ms - (at[0] as number));
  const states = (): unknown[] => reporter.of('delivery').map(({ state }) => state);
  return { clock, reporter, lane, offer, times, states };
}

describe.each(['learn', 'import'] as const)('an exchange that is delivered by %s', (via) => {
  it('waits for our own pace as often as it has to, which is no try', async () => {
    const { clock, lane, offer, times, states, reporter } = setUp(via, Array(15).fill(paced(100)));
    offer();
    await clock.advance(10_000);
    expect(times()).toEqual(Array.from({ length: 16 }, (_, n) => n * 100));
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 }, pending: 0 });
    expect(reporter.of('learned')).toMatchObject([{ attempts: 1 }]);
    expect(states()).toEqual([]);
  });

  it('goes at once where our own pace does not say when', async () => {
    const { clock, lane, offer, times } = setUp(via, [paced()]);
    offer();
    await clock.advance(1_000);
    expect(times()).toEqual([0, 0]);
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 } });
  });

  it('is tried again after longer and longer where nobody says when', async () => {
    const { clock, offer, times, states, reporter } = setUp(via, Array(4).fill(later()));
    offer();
    await clock.advance(20_000);
    expect(times()).toEqual([0, 500, 1_500, 3_500, 7_500]);
    expect(states()).toEqual([]);
    expect(reporter.of('learned')).toMatchObject([{ attempts: 5 }]);
  });

  it('is tried again when the service says, which is a pause that is told once', async () => {
    const { clock, offer, times, states } = setUp(via, [later(2_000), later(3_000)]);
    offer();
    await clock.advance(20_000);
    expect(times()).toEqual([0, 2_000, 5_000]);
    expect(states()).toEqual(['paused', 'resumed']);
  });

  it('is not tried again once the retries are spent', async () => {
    const { clock, lane, offer, times } = setUp(via, [], later(1));
    offer();
    await clock.advance(60_000);
    expect(times()).toHaveLength(11);
    expect(lane.stats()).toMatchObject({ failed: 1, pending: 0 });
  });

  it('waits for the next minute as often as the service has counted too many calls', async () => {
    const { clock, lane, offer, times } = setUp(via, Array(15).fill(limited(30_000)));
    offer();
    await clock.advance(460_000);
    expect(times()).toEqual(Array.from({ length: 16 }, (_, n) => n * 30_000));
    expect(lane.stats()).toMatchObject({ ok: { stored: 1 }, failed: 0, pending: 0 });
  });

  it('is probed for as long as the address is down, whatever that costs', async () => {
    const { clock, lane, offer, states } = setUp(via, [], later());
    offer();
    await clock.advance(590_000);
    expect(lane.stats()).toMatchObject({ failed: 0, pending: 1 });
    expect(new Set(states())).toEqual(new Set(['open']));
  });

  it('counts as aborted when its call was, and as unknown if it was perhaps stored before', async () => {
    for (const [answers, counts] of [
      [[answer('aborted')], { aborted: 1, unknown: 0 }],
      [[answer('perhaps'), answer('aborted')], { aborted: 0, unknown: 1 }],
    ] as const) {
      const { clock, lane, offer } = setUp(via, [...answers]);
      offer();
      await clock.advance(10_000);
      expect(lane.stats()).toMatchObject({ ...counts, pending: 0 });
    }
  });

  it('asks again whether a full scope has room when its key is refused as in an outage', async () => {
    const answers: Answer[] = ['done', answer('quota'), answer('unauthorized')];
    const { clock, lane, offer, times } = setUp(via, answers);
    for (const [requestId, waitMs] of [
      ['first', 2_000],
      ['one too many', 3_602_000],
      ['asks', 62_000],
    ] as const) {
      offer(requestId);
      await clock.advance(waitMs);
    }
    expect(times().slice(2)).toEqual([3_604_000, 3_664_000]);
    expect(lane.stats()).toMatchObject({ ok: { stored: 2 }, failed: 1, pending: 0 });
  });

  it('is told with its last error, and without one that was overcome', async () => {
    const { clock, lane, offer, reporter } = setUp(via, [later(10), answer('refused'), later(10)]);
    offer('first');
    await clock.advance(5_000);
    expect(lane.stats().failed).toBe(1);
    expect(reporter.failures.map(({ error }) => (error as Error).message)).toEqual([
      'later',
      'refused',
    ]);
    offer('second');
    await clock.advance(5_000);
    expect(lane.stats().ok.stored).toBe(1);
    expect(reporter.of('settled').map(({ error }) => error)).toEqual([
      { name: 'Error' },
      undefined,
    ]);
  });
});
