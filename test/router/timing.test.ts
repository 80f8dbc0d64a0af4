import { type CutoverEventOf, type Stage, shadowSafe } from 'engramia-cutover';
import { type FakeClock, fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat, nextTurn } from './world.ts';

/** A leg that takes 20 ms of a clock that is set by hand. */
const takes20 = (clock: FakeClock) => async (): Promise<string> => {
  await clock.advance(20);
  return 'reply';
};

/** A route whose legs take 20 ms each. */
function timed(stage: Stage) {
  const clock = fakeClock();
  const leg = takes20(clock);
  const { handler } = chat(stage, { clock, legacy: leg, candidate: shadowSafe(leg) });
  const latency = () => handler.stats().routes.chat?.latency;
  return { handler, latency };
}

describe('the time of calls that nobody listens to', () => {
  it.each<[Stage, 'legacy' | 'candidate']>([
    ['off', 'legacy'],
    ['dualwrite', 'legacy'],
    ['shadow', 'legacy'],
    ['live', 'candidate'],
    ['complete', 'candidate'],
  ])('is taken of one in 64, the first among them, in stage %s', async (stage, leg) => {
    const { handler, latency } = timed(stage);
    const counts: unknown[] = [];
    for (let call = 1; call <= 65; call += 1) {
      await handler('u', 'hi');
      if (call === 1 || call === 64 || call === 65) counts.push(latency()?.[leg].count);
    }
    expect(counts).toEqual([1, 1, 2]);
    expect(latency()?.[leg].sumMs).toBeGreaterThanOrEqual(40);
    expect(handler.stats().routes.chat).toMatchObject({ calls: 65, served: { [leg]: 65 } });
  });

  it.each([4, 65])(
    'is taken of one in 64 of %i at once, too, whose subjects are awaited',
    async (batch) => {
      const identify = async () => ({ tenant: 'acme', task: 'a task' });
      const { handler } = chat('dualwrite', { identify });
      for (let call = 0; call < 260; call += batch) {
        await Promise.all(Array.from({ length: batch }, () => handler('u', 'hi')));
      }
      expect(handler.stats().routes.chat).toMatchObject({
        calls: 260,
        latency: { legacy: { count: 5 } },
      });
    },
  );
});

describe('the time of calls that somebody listens to', () => {
  it.each<[Stage, 'legacy' | 'candidate']>([
    ['off', 'legacy'],
    ['dualwrite', 'legacy'],
    ['live', 'candidate'],
  ])('is taken and told of each, in stage %s', async (stage, leg) => {
    const { handler, latency } = timed(stage);
    const told: CutoverEventOf<'served'>[] = [];
    handler.on('served', (event) => told.push(event));
    for (let call = 1; call <= 3; call += 1) await handler('u', 'hi');
    expect(told.map(({ durationMs }) => durationMs)).toEqual([20, 20, 20]);
    expect(latency()?.[leg]).toMatchObject({ count: 3, sumMs: 60 });
  });

  it('is not taken for those who only listen to decisions, which are told of each call', async () => {
    const { handler, latency } = timed('off');
    const told: CutoverEventOf<'decided'>[] = [];
    handler.on('decided', (event) => told.push(event));
    for (let call = 1; call <= 3; call += 1) await handler('u', 'hi');
    expect(told.map(({ leg }) => leg)).toEqual(['legacy', 'legacy', 'legacy']);
    expect(latency()?.legacy.count).toBe(1);
  });
});

it('a pair is told the time of the leg that was served, though only one call in 64 counts as timed', async () => {
  const { handler, latency } = timed('shadow');
  const told: CutoverEventOf<'compared'>[] = [];
  handler.on('compared', (event) => told.push(event));
  for (let call = 1; call <= 2; call += 1) {
    await handler('u', 'hi');
    await nextTurn();
    await handler.flush();
  }
  expect(told.map(({ served }) => served.durationMs)).toEqual([20, 20]);
  expect(latency()?.legacy.count).toBe(1);
});
