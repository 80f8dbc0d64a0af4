import type { CallContext } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { expressWay } from './express-way.ts';
import { fastifyWay } from './fastify-way.ts';
import { fetchWay } from './fetch-way.ts';
import { byLegacy, learned, type Setup, start } from './running.ts';
import type { WayIn } from './way-in.ts';

const ways: readonly WayIn[] = [
  expressWay('Express 4'),
  expressWay('Express 5'),
  fastifyWay,
  fetchWay('node:http'),
  fetchWay('Hono'),
];

const sent = (event: unknown): string => `data: ${JSON.stringify(event)}\n\n`;
const chat = (delta: object) => ({ choices: [{ index: 0, delta, finish_reason: null }] });

/** How each format begins, says a word, and tells that it has failed. */
const formats: Readonly<Record<string, readonly [begin: string, say: string, fail: string]>> = {
  'the AI SDK': [
    sent({ type: 'start' }) + sent({ type: 'text-start', id: '0' }),
    sent({ type: 'text-delta', id: '0', delta: 'A whole answer' }),
    sent({ type: 'error', errorText: 'down' }),
  ],
  'chat completions': [
    sent(chat({ role: 'assistant', content: '' })),
    sent(chat({ content: 'A whole answer' })),
    sent({ error: { message: 'down' } }),
  ],
  responses: [
    sent({ type: 'response.created' }),
    sent({ type: 'response.output_text.delta', delta: 'A whole answer' }),
    sent({ type: 'response.failed' }),
  ],
};

const declared = { headers: { 'content-type': 'text/event-stream' } };

/** The ways in which a candidate gives a stream of texts. */
const shapes: Readonly<Record<string, (parts: AsyncIterable<string>) => unknown>> = {
  'a Response': (parts) =>
    new Response(ReadableStream.from(parts).pipeThrough(new TextEncoderStream()), declared),
  'a generator': (parts) => parts,
};

async function* partsOf(...parts: (string | Error)[]): AsyncGenerator<string> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const cases = ways.flatMap((way) => Object.keys(shapes).map((shape) => ({ way, shape })));

describe.each(cases)('behind $way.name, of a candidate that gives $shape', ({ way, shape }) => {
  const giving = (...parts: (string | Error)[]): Setup => ({
    candidate: async () => shapes[shape]?.(partsOf(...parts)),
  });

  describe.each(Object.entries(formats))('in the format of %s', (_format, [begin, say, fail]) => {
    it.each<[string, readonly (string | Error)[]]>([
      ['tells of its failure', [begin, fail]],
      ['breaks', [begin, new Error('down')]],
      ['ends', [begin]],
    ])('legacy answers when it %s before it says anything', async (_how, parts) => {
      await using app = await start(way, 'live', giving(...parts));
      expect(await app.ask()).toEqual(byLegacy);
      expect(app.cutover.stats().routes.chat).toMatchObject({
        fallbacks: 1,
        served: { legacy: 1, candidate: 0 },
      });
    });

    it('one that answers is served to the byte', async () => {
      await using app = await start(way, 'live', giving(begin, say, begin));
      expect(await app.ask()).toEqual([200, begin + say + begin]);
      expect(app.legacyCalls()).toBe(0);
    });

    it('one that tells of its failure later is served, and counts as failed', async () => {
      await using app = await start(way, 'live', giving(begin, say, fail));
      expect(await app.ask()).toEqual([200, begin + say + fail]);
      expect(await learned(app)).toEqual([]);
      expect(app.cutover.stats().routes.chat).toMatchObject({
        fallbacks: 0,
        served: { candidate: 0 },
        failed: { candidate: 1 },
      });
    });

    it('one that has failed is served where nothing else may answer', async () => {
      await using app = await start(way, 'complete', giving(begin, fail));
      expect(await app.ask()).toEqual([200, begin + fail]);
      expect(app.legacyCalls()).toBe(0);
    });
  });

  it('legacy answers when it only begins until its time is over', async () => {
    const gone = Promise.withResolvers<void>();
    async function* hanging(signal: AbortSignal): AsyncGenerator<string> {
      signal.addEventListener('abort', () => gone.resolve());
      yield sent({ type: 'start' });
      await gone.promise;
    }
    await using app = await start(way, 'live', {
      fallback: { afterMs: 30 },
      candidate: async ({ signal }: CallContext) => shapes[shape]?.(hanging(signal)),
    });
    expect(await app.ask()).toEqual(byLegacy);
    await gone.promise;
    expect(app.cutover.stats().routes.chat?.fallbacks).toBe(1);
  });

  it('a candidate whose reply nobody gets is told so by its signal', async () => {
    const told = Promise.withResolvers<void>();
    await using app = await start(way, 'live', {
      candidate: async ({ signal }: CallContext) => {
        signal.addEventListener('abort', () => told.resolve());
        return shapes[shape]?.(partsOf(sent({ type: 'start' }), sent({ type: 'error' })));
      },
    });
    expect(await app.ask()).toEqual(byLegacy);
    await told.promise;
  });
});
