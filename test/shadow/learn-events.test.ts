import { describe, expect, it } from 'vitest';
import type { CutoverEventType } from '../../src/core/events/events.ts';
import { createLearnLane } from '../../src/shadow/learn/learn-lane.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { servedExchange } from './exchanges.ts';
import { recorder } from './recorder.ts';
import { failing, later, scopes, stored } from './scopes.ts';

type Answers = Omit<Parameters<typeof scopes>[0], 'now'>;

function setUp(service: Answers = {}, wanted?: CutoverEventType[]) {
  const clock = fakeClock();
  const reporter = recorder(wanted);
  const where: unknown[] = [];
  const { learner } = scopes({ ...service, now: () => clock.monotonic() });
  const lane = createLearnLane({
    learner,
    clock,
    random: () => 0.5,
    reporter: {
      ...reporter,
      contained: (operation, error, place) => {
        where.push([operation, (error as Error).message, place]);
      },
    },
  });
  const learn = async (given: Parameters<typeof servedExchange>[0] = {}, ms = 0) => {
    lane.offer(servedExchange(given));
    await clock.advance(ms);
  };
  return { clock, reporter, where, lane, learn };
}

const call = { route: 'chat', requestId: 'request-1', tenant: 'acme', stage: 'dualwrite' };
const address = 'https://service.test';

describe('what listeners are told of a lesson', () => {
  it('is what was learned of which call, and how that call ended', async () => {
    const { learn, reporter } = setUp();
    await learn();
    expect(reporter.events).toStrictEqual([
      { type: 'learned', ...call, leg: 'legacy', outcome: 'stored', attempts: 1 },
      { type: 'settled', ...call, lane: 'learn', outcome: 'stored' },
    ]);
  });

  it('is the key of its pattern where it has one', async () => {
    const { learn, reporter } = setUp();
    await learn({ learning: { via: 'import' } }, 1_000);
    expect(reporter.of('learned')).toMatchObject([
      { patternKey: expect.stringMatching(/^patterns\/cutover_[0-9a-f]{40}$/) },
    ]);
  });

  it('is why it came to nothing', async () => {
    const { learn, reporter, where } = setUp({ learn: () => failing('refused') });
    await learn();
    expect(reporter.events).toEqual([
      {
        type: 'settled',
        ...call,
        lane: 'learn',
        outcome: 'failed',
        error: { name: 'Error' },
      },
    ]);
    expect(where).toEqual([['engramia.learn', 'refused', { route: 'chat', tenant: 'acme' }]]);
  });

  it('is nothing where nobody listens, and what failed all the same', async () => {
    const { learn, reporter, where } = setUp({ learn: () => failing('quota') }, []);
    await learn();
    expect(reporter.events).toEqual([]);
    expect(where).toHaveLength(1);
    const other = setUp({}, []);
    await other.learn();
    expect([other.lane.stats().ok.stored, other.reporter.events]).toEqual([1, []]);
  });

  it('is the failure of a callback, with the call', async () => {
    const { learn, where } = setUp();
    await learn({
      learning: {
        filter: () => {
          throw new Error('no filter');
        },
      },
    });
    await learn({ learning: { view: () => undefined } });
    expect(where).toEqual([
      ['learn.filter', 'no filter', { route: 'chat', tenant: 'acme' }],
      ['view', 'No text was found in the reply.', { route: 'chat', tenant: 'acme' }],
    ]);
  });
});

it('tells nothing of a reply without a text with which nothing is amiss, and counts it', async () => {
  const { learn, lane, reporter, where } = setUp();
  await learn({ learning: { view: () => undefined, whyUnread: () => undefined } });
  expect(where).toEqual([]);
  expect(lane.stats().skipped.unreadable).toBe(1);
  expect(reporter.of('settled')).toMatchObject([{ outcome: 'unreadable' }]);
});

describe('what listeners are told of the service', () => {
  it('is for how long an address asks to be left alone, and when it goes on', async () => {
    const { learn, reporter } = setUp({
      learn: (_attempt, index) => (index === 0 ? later(20_000) : stored),
    });
    await learn({}, 20_000);
    expect(reporter.of('delivery')).toStrictEqual([
      { type: 'delivery', lane: 'learn', state: 'paused', address, forMs: 20_000 },
      { type: 'delivery', lane: 'learn', state: 'resumed', address },
    ]);
  });

  it('is which scope is full, and for how long it is not asked', async () => {
    const { learn, reporter } = setUp({ learn: () => failing('quota') });
    await learn();
    expect(reporter.of('delivery')).toEqual([
      {
        ...{ type: 'delivery', lane: 'learn', state: 'quota' },
        ...{ address, scope: 'scope-acme', forMs: 3_600_000 },
      },
    ]);
  });

  it('is which scope refuses its key, each time for longer, up to an hour', async () => {
    const { learn, reporter } = setUp({ learn: () => failing('unauthorized') });
    for (let n = 0; n < 9; n += 1) await learn({}, 3_600_000);
    const told = reporter.of('delivery');
    expect(told.map(({ forMs }) => forMs)).toEqual(
      [1, 2, 4, 8, 16, 32, 60, 60, 60].map((minutes) => minutes * 60_000),
    );
    expect(new Set(told.map(({ state }) => state))).toEqual(new Set(['paused']));
  });

  it('is that a scope goes on whose key was refused before it ever worked', async () => {
    const { learn, reporter } = setUp({
      learn: (_attempt, index) => (index === 0 ? failing('unauthorized') : stored),
    });
    for (let n = 0; n < 2; n += 1) await learn({}, 60_000);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['paused', 'resumed']);
  });

  it('is that a scope goes on whose key worked, was refused, and works again', async () => {
    const answers = [stored, failing('unauthorized'), failing('unauthorized'), stored];
    const { learn, reporter } = setUp({ learn: (_attempt, index) => answers[index] ?? stored });
    for (let n = 0; n < 4; n += 1) await learn({}, 120_000);
    expect(reporter.of('delivery').map(({ state, forMs }) => [state, forMs])).toEqual([
      ['paused', 60_000],
      ['open', 60_000],
      ['closed', undefined],
    ]);
  });

  it('is that a scope goes on whose key was in doubt, in the word for the end of a pause', async () => {
    const answers = [stored, failing('unauthorized'), stored];
    const { learn, reporter } = setUp({ learn: (_attempt, index) => answers[index] ?? stored });
    for (let n = 0; n < 3; n += 1) await learn({}, 120_000);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual(['paused', 'resumed']);
  });

  it('is that a scope goes on which was full and whose key was refused meanwhile, each in its word', async () => {
    const answers = [stored, failing('quota'), failing('unauthorized'), failing('unauthorized')];
    const { learn, reporter } = setUp({ learn: (_attempt, index) => answers[index] ?? stored });
    for (let n = 0; n < 4; n += 1) await learn({}, 3_700_000);
    expect(reporter.of('delivery').map(({ state }) => state)).toEqual([
      'quota',
      'paused',
      'open',
      'resumed',
      'closed',
    ]);
  });

  it('is when the breaker of an address opens and closes', async () => {
    let isDown = true;
    const { learn, reporter } = setUp({
      learn: () => (isDown ? later() : stored),
    });
    await learn({}, 60_000);
    isDown = false;
    await learn({}, 600_000);
    const told = reporter.of('delivery');
    expect(told[0]).toEqual({
      ...{ type: 'delivery', lane: 'learn', state: 'open' },
      ...{ address, forMs: 7_500 },
    });
    expect(told.at(-1)).toEqual({ type: 'delivery', lane: 'learn', state: 'closed', address });
  });
});
