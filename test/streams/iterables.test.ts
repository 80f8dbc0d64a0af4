import { PassThrough, Readable } from 'node:stream';
import type { CallContext } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { message, servesLegacy, stages, streamWorld } from './world.ts';

const pieces = ['Streams ', 'come in ', 'pieces.'];
const learnedIn = (stage: string): string[] => (stage === 'off' ? [] : [pieces.join('')]);

async function* generate(chunks: readonly unknown[], failure?: unknown) {
  for (const chunk of chunks) yield chunk;
  if (failure !== undefined) throw failure;
}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const chunk of stream) got.push(chunk);
  return got;
}

describe.each(stages)('a generator in stage %s', (stage) => {
  it('is the very same object, whose chunks come in order, and is learned as one text', async () => {
    const made = generate(pieces);
    const { handler, learned } = await streamWorld(stage, (leg) =>
      leg === (servesLegacy(stage) ? 'legacy' : 'candidate') ? made : 'the other leg',
    );
    const reply = await handler(message);
    expect(reply).toBe(made);
    expect(await collect(reply as AsyncIterable<unknown>)).toEqual(pieces);
    expect(await learned()).toEqual(learnedIn(stage));
  });

  it('is learned when it is read by next alone, and the promises of next are its own', async () => {
    const { handler, learned } = await streamWorld(stage, () => generate(pieces));
    const reply = (await handler(message)) as AsyncGenerator<unknown>;
    const results = await Promise.all([reply.next(), reply.next(), reply.next(), reply.next()]);
    expect(results.map(({ value }) => value)).toEqual([...pieces, undefined]);
    expect(await learned()).toEqual(learnedIn(stage));
  });

  it('that the consumer leaves early is cleaned up and not learned', async () => {
    let cleaned = false;
    const { handler, learned } = await streamWorld(stage, async function* () {
      try {
        yield* pieces;
      } finally {
        cleaned = true;
      }
    });
    for await (const _ of (await handler(message)) as AsyncIterable<unknown>) break;
    expect(cleaned).toBe(true);
    expect(await learned()).toEqual([]);
  });

  it('that fails midway fails with its own error, and is not learned', async () => {
    const failure = new Error('mid-stream');
    const { handler, learned } = await streamWorld(stage, () => generate(['a'], failure));
    await expect(collect((await handler(message)) as AsyncIterable<unknown>)).rejects.toBe(failure);
    expect(await learned()).toEqual([]);
  });

  it('is learned whatever its cuts, halves of characters included', async () => {
    const text = 'Grüße 👋🏽 an alle, die dies hier lesen.';
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(text.length)), async (cuts) => {
        const ends = [...cuts.toSorted((a, b) => a - b), text.length];
        const chunks = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
        const { handler, learned } = await streamWorld(stage, () => generate(chunks));
        expect(await collect((await handler(message)) as AsyncIterable<unknown>)).toEqual(chunks);
        expect(await learned()).toEqual(stage === 'off' ? [] : [text]);
      }),
      { numRuns: 15 },
    );
  });
});

describe.each(stages)('a Node stream in stage %s', (stage) => {
  const readers: Record<string, (stream: Readable) => Promise<string>> = {
    'for await': async (stream) => (await collect(stream)).join(''),
    'data events': (stream) =>
      new Promise((resolve, reject) => {
        let text = '';
        stream.on('data', (chunk) => (text += chunk));
        stream.on('end', () => resolve(text)).on('error', reject);
      }),
    'readable events': (stream) =>
      new Promise((resolve) => {
        let text = '';
        stream.on('readable', () => {
          for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += chunk;
        });
        stream.on('end', () => resolve(text));
      }),
    pipe: async (stream) => (await collect(stream.pipe(new PassThrough()))).join(''),
  };

  it.each(Object.keys(readers))(
    'is the very same object, read by %s, and is learned',
    async (by) => {
      const made = Readable.from(pieces.map((piece) => Buffer.from(piece)));
      const { handler, learned } = await streamWorld(stage, (leg) =>
        leg === (servesLegacy(stage) ? 'legacy' : 'candidate') ? made : 'the other leg',
      );
      const reply = await handler(message);
      expect(reply).toBe(made);
      expect(await readers[by]?.(made)).toBe(pieces.join(''));
      expect(await learned()).toEqual(learnedIn(stage));
    },
  );

  it('that the consumer destroys, or that fails, is not learned', async () => {
    const cut = await streamWorld(stage, () => Readable.from(pieces));
    for await (const _ of (await cut.handler(message)) as Readable) break;
    expect(await cut.learned()).toEqual([]);
    const failure = new Error('mid-stream');
    const failing = await streamWorld(stage, () => Readable.from(generate(['a'], failure)));
    await expect(collect((await failing.handler(message)) as Readable)).rejects.toBe(failure);
    expect(await failing.learned()).toEqual([]);
  });
});

describe('a stream that does not let itself be tapped', () => {
  it.each<[string, () => object]>([
    ['a frozen iterable', () => Object.freeze(generate(pieces))],
    ['a Node stream that has been destroyed', () => new PassThrough().destroy()],
  ])('is served as it is and counted unreadable: %s', async (_what, make) => {
    const reply = make();
    const { handler } = await streamWorld('dualwrite', () => reply);
    expect(await handler(message)).toBe(reply);
    expect(handler.stats().learn.skipped.unreadable).toBe(1);
  });
});

describe('a served candidate', () => {
  it.each<[string, (failure: Error) => unknown]>([
    ['generator', (failure) => generate([], failure)],
    ['Node stream', (failure) => Readable.from(generate([], failure))],
  ])('falls back when its %s fails before the first chunk', async (_kind, make) => {
    const { handler } = await streamWorld('live', (leg) =>
      leg === 'legacy' ? 'legacy' : make(new Error('early')),
    );
    expect(await handler(message)).toBe('legacy');
  });

  it('may answer with an empty stream', async () => {
    for (const empty of [generate([]), Readable.from([])]) {
      const { handler } = await streamWorld('live', () => empty);
      expect(await handler(message)).toBe(empty);
      expect(await collect(empty)).toEqual([]);
    }
  });

  it('has until its deadline for the first chunk, then is cancelled; later chunks may take longer', async () => {
    const clock = fakeClock();
    let returned = 0;
    const slow = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<string>>(() => undefined),
        return: async () => {
          returned += 1;
          return { done: true, value: undefined } as const;
        },
      }),
    };
    const { handler } = await streamWorld('live', (leg) => (leg === 'legacy' ? 'legacy' : slow), {
      clock,
      fallback: { afterMs: 100 },
    });
    const reply = handler(message);
    await clock.advance(100);
    expect(await reply).toBe('legacy');
    expect(returned).toBe(1);
  });

  it('goes on past the deadline once it flows, and is aborted with its caller', async () => {
    const clock = fakeClock();
    const gate = Promise.withResolvers<void>();
    let signal: AbortSignal | undefined;
    const { handler } = await streamWorld('live', () => undefined, {
      clock,
      fallback: { afterMs: 100 },
      candidate: async function* (context: CallContext) {
        signal = context.signal;
        yield 'first';
        await gate.promise;
        yield 'second';
      },
    });
    const caller = new AbortController();
    const reply = (await handler.run([message], { signal: caller.signal })) as AsyncGenerator;
    expect((await reply.next()).value).toBe('first');
    await clock.advance(1000);
    expect(signal?.aborted).toBe(false);
    const reason = new Error('gone');
    caller.abort(reason);
    expect(signal?.reason).toBe(reason);
    gate.resolve();
    expect((await reply.next()).value).toBe('second');
    await reply.next();
    await handler.flush();
    expect(handler.stats().learn.offered).toBe(0);
  });
});

describe('what is told of a stream', () => {
  it('is the time to its first chunk and to its end', async () => {
    const clock = fakeClock();
    const { handler } = await streamWorld(
      'dualwrite',
      async function* () {
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 30));
        yield 'a';
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 70));
        yield 'b';
      },
      { clock, learn: false },
    );
    const events: unknown[] = [];
    handler.on('served', (event) => events.push(event));
    const all = collect((await handler(message)) as AsyncIterable<unknown>);
    await clock.advance(30);
    expect(events).toEqual([]);
    await clock.advance(70);
    await all;
    expect(events).toMatchObject([{ firstChunkMs: 30, durationMs: 100, status: 'fulfilled' }]);
    expect(handler.stats().routes.chat?.firstChunk.legacy.count).toBe(1);
  });

  it('is that its consumer cut it, or its error', async () => {
    const events: unknown[] = [];
    const cut = await streamWorld('dualwrite', () => generate(pieces));
    cut.handler.on('served', (event) => events.push(event));
    for await (const _ of (await cut.handler(message)) as AsyncIterable<unknown>) break;
    const failing = await streamWorld('dualwrite', () => generate([], new TypeError('x')));
    failing.handler.on('served', (event) => events.push(event));
    await collect((await failing.handler(message)) as AsyncIterable<unknown>).catch(
      () => undefined,
    );
    expect(events).toMatchObject([
      { status: 'fulfilled', cut: true },
      { status: 'rejected', error: { name: 'TypeError' } },
    ]);
  });
});

describe('a mirrored stream', () => {
  it.each(['shadow', 'live'] as const)(
    'is read to its end in stage %s, and compared by its text',
    async (stage) => {
      const { handler, compared } = await streamWorld(stage, () => generate(pieces), {
        legacyShadow: () => Readable.from(pieces),
      });
      await collect((await handler(message)) as AsyncIterable<unknown>);
      await handler.flush();
      expect(compared).toHaveLength(1);
      expect(compared[0]?.mirrored.chars).toBe(pieces.join('').length);
      expect(compared[0]?.mirrored.sha256).toBe(compared[0]?.served.sha256);
    },
  );

  it('is given up beyond the cap', async () => {
    let ended = false;
    const { handler, compared } = await streamWorld(
      'shadow',
      (leg) =>
        leg === 'legacy'
          ? 'short'
          : (async function* () {
              try {
                for (;;) yield 'x'.repeat(10);
              } finally {
                ended = true;
              }
            })(),
      { maxReplyBytes: 95 },
    );
    await handler(message);
    await handler.flush();
    expect(ended).toBe(true);
    expect(compared[0]?.mirrored).not.toHaveProperty('chars');
  });
});
