import { setImmediate as turn } from 'node:timers/promises';
import { type Operation, shadowSafe } from 'engramia-cutover';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { chat } from '../router/world.ts';
import { collectedPairs } from '../shadow/collected-pairs.ts';

type Redact = (text: string) => string;

/** What a callback that has to give a text may give instead. */
const textless: Record<string, Redact> = {
  'a promise that rejects': (async () => {
    throw new Error('written async');
  }) as never,
  'a promise of a text': (async (text: string) => text) as never,
  nothing: (() => undefined) as never,
  'a number': (() => 5) as never,
};

/** A chat whose candidate says something else, all that went wrong in it, and its rejections that nobody handled. */
async function chatted(over: Parameters<typeof chat>[1]) {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const candidate = shadowSafe(async () => 'Something else altogether.');
  const { handler } = chat('shadow', { candidate, ...over });
  const operations: Operation[] = [];
  const verdicts: (string | undefined)[] = [];
  handler.on('error', ({ operation }) => operations.push(operation));
  handler.on('compared', ({ divergence }) => verdicts.push(divergence?.verdict));
  expect(await handler('u', 'Where is my parcel?')).toBe('legacy: Where is my parcel?');
  await handler.close();
  await turn();
  process.off('unhandledRejection', note);
  return { stats: handler.stats(), operations, verdicts, unhandled };
}

describe.each(Object.entries(textless))('Promise 9 (quiet failure): %s', (_what, callback) => {
  it('is no redacted text: the pair is kept without words', async () => {
    const pairs = collectedPairs({ redactText: callback });
    const { operations, unhandled } = await chatted({ pairs });
    expect(pairs.pairs).toHaveLength(1);
    expect(pairs.pairs[0]).not.toHaveProperty('text');
    expect(operations).toEqual(['pairs']);
    expect(unhandled).toEqual([]);
  });

  it('is no redacted turn: the conversation is kept without it', async () => {
    const transcript = memoryTranscript({ redact: callback });
    const identify = () => ({ tenant: 'acme', task: 'Where is my parcel?', conversation: 'c' });
    const { operations, stats, unhandled } = await chatted({ transcript, identify });
    expect(await transcript.history('acme', 'c')).toEqual([]);
    expect(stats.conversations?.recorded.unreadable).toBe(1);
    expect(operations).toEqual(['history']);
    expect(unhandled).toEqual([]);
  });

  it('of a rule of what to ignore makes no two replies the same', async () => {
    const { operations, verdicts, unhandled } = await chatted({ compare: { ignore: callback } });
    expect(verdicts).toEqual(['different']);
    expect(new Set(operations)).toEqual(new Set(['compare']));
    expect(unhandled).toEqual([]);
  });
});

it('Promise 2 (conservation): a sink whose redactText cannot be read has its pair, without words', async () => {
  const pairs = Object.defineProperty(collectedPairs(), 'redactText', {
    get: () => {
      throw new Error('a getter');
    },
  });
  const { operations } = await chatted({ pairs });
  expect(pairs.pairs).toHaveLength(1);
  expect(operations).toEqual(['pairs']);
});

it('Promise 9 (quiet failure): draws that are promises count as the smallest, and reject in silence', async () => {
  const random = (async () => {
    throw new Error('written async');
  }) as never;
  const { stats, unhandled } = await chatted({ random, sample: { mirror: 0.5 } });
  expect(stats.mirror.accepted).toBe(1);
  expect(unhandled).toEqual([]);
});

describe.each(Object.entries({ ...textless, 'a text': () => 'text' }))(
  'Promise 9 (quiet failure): %s',
  (_what, snapshot) => {
    it('is no copy of the arguments: the candidate is not run, and not said to have failed', async () => {
      const over = { snapshot: snapshot as never };
      const { stats, operations, verdicts, unhandled } = await chatted(over);
      expect(stats.mirror.skipped.unreadable).toBe(1);
      expect(operations).toEqual(['snapshot']);
      expect(verdicts).toEqual([]);
      expect(unhandled).toEqual([]);
    });
  },
);
