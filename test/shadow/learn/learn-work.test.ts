import { describe, expect, it } from 'vitest';
import type { Learner, LearnTarget } from '../../../src/core/contracts/learner.ts';
import { loadOfLesson } from '../../../src/shadow/delivery/bundle-load.ts';
import { createLearnLane } from '../../../src/shadow/learn/learn-lane.ts';
import { fixedBytes, retainedBytes } from '../../../src/shadow/retained-bytes.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { servedExchange } from '../exchanges.ts';
import { recorder } from '../recorder.ts';
import { scopes } from '../scopes.ts';

type TargetOf = (known: LearnTarget, tenant: string) => ReturnType<Learner['targetOf']>;

function setUp(targetOf: TargetOf = (known) => known, readyInMs = 0) {
  const clock = fakeClock();
  const reporter = recorder();
  const where: unknown[] = [];
  const { learner, attempts } = scopes({
    now: () => clock.monotonic(),
    readyInMs: () => readyInMs,
  });
  const lane = createLearnLane({
    learner: {
      targetOf: (tenant) => targetOf(learner.targetOf(tenant) as LearnTarget, tenant),
    },
    clock,
    random: () => 0.5,
    reporter: {
      ...reporter,
      contained: (operation, error, place) =>
        void where.push([operation, (error as Error).message, place]),
    },
  });
  return { clock, reporter, where, lane, attempts };
}

const raise = (): never => {
  throw new Error('no keys today');
};

describe('the key of a tenant', () => {
  it.each([
    ['known at once', (known: LearnTarget) => known],
    ['known later', async (known: LearnTarget) => known],
  ])('that is %s is the one its lessons go under', async (_how, targetOf) => {
    const { clock, lane, attempts } = setUp(targetOf);
    lane.offer(servedExchange());
    lane.offer(servedExchange({ learning: { view: async () => ({ text: 'read later' }) } }));
    await clock.advance(0);
    expect(attempts.map(({ scope }) => scope)).toEqual(['scope-acme', 'scope-acme']);
    expect(lane.stats()).toMatchObject({ ok: { stored: 2 } });
  });

  it.each([
    ['is missing', () => undefined, 0],
    ['turns out to be missing', async () => undefined, 0],
    ['cannot be looked up', raise, 1],
    ['turns out not to be found', async () => raise(), 1],
  ])('that %s lets nothing be learned', async (_how, targetOf, failures) => {
    const { clock, lane, where, attempts } = setUp(targetOf as never);
    lane.offer(servedExchange());
    await clock.advance(0);
    expect(attempts).toEqual([]);
    expect(lane.stats()).toMatchObject({ skipped: { noKey: 1 }, pending: 0, bytes: 0 });
    const told = ['engramia.key', 'no keys today', { route: 'chat', tenant: 'acme' }];
    expect(where).toEqual(Array(failures).fill(told));
  });
});

describe('what a lesson holds while it waits', () => {
  const read = { task: 'Where is it?', reply: 'On its way.', learning: { runId: () => 'run' } };
  const texts = 2 * (read.task.length + read.reply.length + 'run'.length);

  it('is its texts alone, also where somebody waits for its end', async () => {
    for (const isAwaited of [false, true]) {
      const { clock, lane } = setUp(undefined, 60_000);
      const { waiter, ...exchange } = servedExchange(read);
      const offered = isAwaited ? { ...exchange, waiter } : exchange;
      lane.offer(offered as never);
      expect(lane.stats().bytes).toBe(retainedBytes(offered as never));
      await clock.advance(0);
      expect(lane.stats().bytes).toBe(fixedBytes + texts);
    }
  });
});

describe('what a lesson adds to the body of a batch', () => {
  const lessonOf = (code: string) => ({ task: 'task', code, evalScore: 5, runId: 'run' });

  it('is for a short one what it could be at most', () => {
    expect(loadOfLesson(lessonOf('c'.repeat(1_993)))).toBe(400 + 6 * 2_000);
  });

  it('is for a long one what it is, with all that has to be escaped', () => {
    const quotes = '"'.repeat(1_994);
    expect(loadOfLesson(lessonOf(quotes))).toBe(
      400 + Buffer.byteLength(JSON.stringify(['task', quotes, 'run'])),
    );
  });
});
