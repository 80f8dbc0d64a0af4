import type { CutoverOptions } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { gatedEngramia } from './gated-engramia.ts';
import { chat, nextTurn } from './world.ts';

const message = 'a message that is long enough';

type Background = NonNullable<CutoverOptions['background']>;

/** A route that waits for a service that answers when the test says so. */
function waiting(background: Background, over: Partial<CutoverOptions> = {}) {
  const clock = fakeClock();
  const { engramia, open, asked } = gatedEngramia();
  const { handler } = chat('dualwrite', { engramia, clock, background, ...over });
  const operations: string[] = [];
  handler.on('error', ({ operation }) => operations.push(operation));
  return { handler, clock, operations, open, asked };
}

describe('the deadline of background work that the reply waits for', () => {
  it.each<[string, Background['deadlineMs'], number]>([
    ['10 s where none is given', undefined, 10_000],
    ['10 s where it is no time', () => Number.NaN, 10_000],
    ['10 s where it is in the past', () => -1, 10_000],
    ['10 s where it is a text', (() => '5') as never, 10_000],
    ['what the app says', () => 700, 700],
    ['the same for all calls where it is a number', 300, 300],
  ])('is %s', async (_what, deadlineMs, ms) => {
    const { handler, clock, asked } = waiting({
      mode: 'await',
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
    let replied = false;
    const reply = handler('u', message).then(() => {
      replied = true;
    });
    await asked;
    await clock.advance(ms - 1);
    expect(replied).toBe(false);
    await clock.advance(1);
    await reply;
    expect(replied).toBe(true);
  });

  it('may be no time at all', async () => {
    const { handler, clock, asked } = waiting({ mode: 'await', deadlineMs: () => 0 });
    const reply = handler('u', message);
    await asked;
    await clock.advance(0);
    expect(await reply).toBe(`legacy: ${message}`);
  });

  it('leaves no timer once the work has ended', async () => {
    const { handler, clock, open } = waiting({ mode: 'await' });
    const reply = handler('u', message);
    open();
    await reply;
    await handler.close();
    expect(clock.pending).toBe(0);
  });

  it('leaves nothing unhandled when it is a promise that rejects', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const deadlineMs = (async () => {
      throw new Error('no platform');
    }) as never;
    const { handler, open } = waiting({ mode: 'await', deadlineMs });
    open();
    await handler('u', message);
    await nextTurn();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('needs no timer that can be held: a clock may give any handle', async () => {
    const clock = { ...fakeClock(), setTimeout: () => undefined, clearTimeout: () => undefined };
    const { handler, open, operations } = waiting({ mode: 'await' }, { clock });
    open();
    expect(await handler('u', message)).toBe(`legacy: ${message}`);
    expect(operations).toEqual([]);
  });
});

it('background work without anybody to hand it to is no error', async () => {
  const { handler, operations, open } = waiting({ mode: 'waitUntil' });
  open();
  expect(await handler('u', message)).toBe(`legacy: ${message}`);
  await handler.close();
  expect(operations).toEqual([]);
});
