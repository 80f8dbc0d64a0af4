import { getEventListeners } from 'node:events';
import {
  type CallContext,
  createEngramiaClient,
  oneScope,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { chat } from './world.ts';

const boom = new Error('legacy broke');
const gone = Object.assign(new Error('gone'), { status: 410 });
const stream = () => ReadableStream.from(['a', 'b']);
const read = async (reply: unknown): Promise<void> => {
  for await (const _chunk of reply as AsyncIterable<unknown>);
};

describe('calls of stage off that nobody watches', () => {
  it.each<[string, () => unknown]>([
    ['at once', () => 'x'],
    ['later', async () => 'x'],
  ])('are counted when they are answered %s', async (_when, legacy) => {
    const { handler } = chat('off', { legacy: legacy as never });
    for (let call = 0; call < 3; call += 1) expect(await handler('u', 'hi')).toBe('x');
    expect(handler.stats().routes.chat).toMatchObject({
      calls: 3,
      stages: { off: 3 },
      served: { legacy: 3, candidate: 0 },
      failed: { legacy: 0, candidate: 0 },
    });
  });

  it.each<[string, (error: Error) => unknown]>([
    [
      'throws',
      (error) => {
        throw error;
      },
    ],
    ['rejects', (error) => Promise.reject(error)],
  ])('are counted, and looked at for a legacy that has gone, when it %s', async (_how, fail) => {
    const errors = [boom, boom, gone];
    const { handler } = chat('off', { legacy: () => fail(errors.shift() as Error) as never });
    for (const error of [...errors]) await expect(handler('u', 'hi')).rejects.toBe(error);
    expect(handler.stats().routes.chat).toMatchObject({
      served: { legacy: 0 },
      failed: { legacy: 3, candidate: 0 },
      legacyGone: true,
    });
  });

  it('say that a legacy is back', async () => {
    const errors = [gone, gone];
    const { handler } = chat('off', {
      legacy: async () => {
        const error = errors.shift();
        if (error) throw error;
        return 'x';
      },
    });
    for (let call = 0; call < 3; call += 1) await handler('u', 'hi').catch(() => undefined);
    expect(handler.stats().routes.chat?.legacyGone).toBe(false);
  });
});

describe('a stream that nobody wants to know of', () => {
  it.each<Stage>(['off', 'dualwrite', 'complete'])(
    'is passed on itself in stage %s',
    async (stage) => {
      const streams = [stream(), stream()];
      const given = [...streams];
      const { handler } = chat(stage, {
        legacy: (async () => given.shift()) as never,
        candidate: (async () => given.shift()) as never,
      });
      for (const one of streams) expect(await handler('u', 'hi')).toBe(one);
    },
  );

  it('is passed on itself in stage off, whoever listens', async () => {
    const one = stream();
    const { handler } = chat('off', { legacy: (async () => one) as never });
    const told: string[] = [];
    handler.on('served', ({ status }) => told.push(status));
    expect(await handler('u', 'hi')).toBe(one);
    expect(told).toEqual(['fulfilled']);
  });

  it('is read from another where the caller may yet abort it, whose signal it lets go of', async () => {
    const caller = new AbortController();
    const one = stream();
    let signal: AbortSignal | undefined;
    const { handler } = chat('complete', {
      candidate: (async (context: CallContext) => {
        signal = context.signal;
        return one;
      }) as never,
    });
    const reply: unknown = await handler.run(['u', 'hi'], { signal: caller.signal });
    expect(reply).not.toBe(one);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
    await read(reply);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    expect(signal?.aborted).toBe(false);
  });

  it('of legacy is passed on itself, whatever signal its caller gave', async () => {
    const one = stream();
    const { handler } = chat('dualwrite', { legacy: (async () => one) as never });
    const { signal } = new AbortController();
    expect(await handler.run(['u', 'hi'], { signal })).toBe(one);
  });
});

describe('a stream that is watched', () => {
  it('counts the time to its first chunk from the start of its call, in one of 64 calls', async () => {
    const clock = fakeClock();
    await clock.advance(1000);
    const { handler } = chat('shadow', {
      clock,
      legacy: (async () => {
        await clock.advance(10);
        return stream();
      }) as never,
      candidate: shadowSafe(async () => 'x'),
    });
    for (let call = 0; call < 2; call += 1) await read(await handler('u', 'hi'));
    expect(handler.stats().routes.chat?.firstChunk.legacy).toMatchObject({ count: 1, sumMs: 10 });
    expect(handler.stats().routes.chat?.latency.legacy).toMatchObject({ count: 1, sumMs: 10 });
  });

  it('and that is left early is part of no conversation where its call names none', async () => {
    for (const [conversation, cut] of [
      ['c', 1],
      ['', 0],
    ] as const) {
      const { handler } = chat('dualwrite', {
        legacy: (async () => stream()) as never,
        identify: () => ({ tenant: 'acme', task: 'hi', conversation }),
        transcript: memoryTranscript(),
        engramia: oneScope(
          createEngramiaClient({
            baseUrl: 'https://engramia.test',
            apiKey: 'key',
            fetch: () => new Promise(() => undefined),
          }),
        ),
      });
      const reply: unknown = await handler('u', 'hi');
      for await (const _chunk of reply as AsyncIterable<unknown>) break;
      expect(handler.stats().conversations.recorded.cut).toBe(cut);
      expect(handler.stats().learn.offered).toBe(0);
    }
  });
});
