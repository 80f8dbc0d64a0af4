import { type Clock, type Stage, shadowSafe } from 'engramia-cutover';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time/clock.ts';
import { unhandledIn } from './live-world.ts';
import { chat } from './world.ts';

const boom = new Error('the clock broke');
const fails = (): never => {
  throw boom;
};

const odd: Readonly<Record<string, Partial<Clock>>> = {
  'throws at every look': { now: fails, monotonic: fails },
  'sets no timer': { setTimeout: fails, clearTimeout: fails },
  'gives what is no number': {
    now: () => 'noon' as never,
    monotonic: () => process.hrtime.bigint() as never,
  },
  'gives no time at all': { now: () => Number.NaN, monotonic: () => Number.NaN },
  'answers later': {
    now: (async () => fails()) as never,
    monotonic: (async () => fails()) as never,
  },
};

/** A clock that is a clock for so many looks, and then is not. */
function breaksAfter(looks: number): Clock {
  let left = looks;
  const look = (): number => {
    left -= 1;
    return left >= 0 ? systemClock.monotonic() : fails();
  };
  return { ...systemClock, monotonic: look };
}

const replies: readonly [Stage, string][] = [
  ['off', 'legacy: hi'],
  ['dualwrite', 'legacy: hi'],
  ['shadow', 'legacy: hi'],
  ['live', 'candidate: hi'],
  ['complete', 'candidate: hi'],
];

const clocks: [string, Clock][] = [
  ...Object.entries(odd).map(([name, over]): [string, Clock] => [
    name,
    { ...systemClock, ...over },
  ]),
  ...[0, 1, 2, 3, 4].map((looks): [string, Clock] => [
    `throws after ${looks} looks`,
    breaksAfter(looks),
  ]),
];

describe.each(clocks)('a clock that %s', (_name, clock) => {
  it.each(replies)('keeps nobody waiting in stage %s', async (stage, reply) => {
    const { handler } = chat(stage, {
      clock,
      candidate: shadowSafe(async (_context, _user, message) => `candidate: ${message}`),
      identify: async (user, task) => ({ tenant: 'acme', user, task, conversation: 'c' }),
      transcript: memoryTranscript(),
    });
    const told: number[] = [];
    handler.on('served', ({ durationMs }) => told.push(durationMs));
    expect(await handler('u', 'hi')).toBe(reply);
    expect(handler.stats().routes.chat).toMatchObject({ calls: 1 });
    expect(told.every(Number.isFinite)).toBe(true);
    expect((await handler.close()).drained).toBe(true);
  });
});

it('bounds a decision by a timer of Node’s where the clock sets none', async () => {
  const { handler } = chat('live', {
    clock: { ...systemClock, setTimeout: fails },
    identify: () => new Promise<never>(() => undefined),
    decideTimeoutMs: 5,
  });
  expect(await handler('u', 'hi')).toBe('legacy: hi');
  expect(handler.stats().routes.chat?.undecided.timeout).toBe(1);
});

it('leaves no rejection behind where timers are promises', async () => {
  const rejects = async () => fails();
  const clock: Clock = { ...systemClock, setTimeout: rejects, clearTimeout: rejects as never };
  const unhandled = await unhandledIn(async () => {
    const { handler } = chat('live', {
      clock,
      identify: async () => ({ tenant: 'acme', task: 'hi' }),
    });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    await handler.close();
  });
  expect(unhandled).toEqual([]);
});
