import OpenAI from 'openai';
import type { Stream } from 'openai/core/streaming';
import type { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, localServer, sendEvents } from './event-server.ts';
import { message, servesLegacy, stages, streamWorld } from './world.ts';

const pieces = ['Streams ', 'come in ', 'pieces.'];
const answer = pieces.join('');

const chatChunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason }],
});
const chatChunks = [
  chatChunk({ role: 'assistant', content: '' }),
  ...pieces.map((content) => chatChunk({ content })),
  chatChunk({}, 'stop'),
  { id: 'c', object: 'chat.completion.chunk', choices: [], usage: { total_tokens: 3 } },
];
const responseEvents = [
  { type: 'response.created', response: { id: 'r' } },
  ...pieces.map((delta) => ({ type: 'response.output_text.delta', delta })),
  { type: 'response.output_text.done', text: answer },
  { type: 'response.completed', response: { id: 'r', output_text: answer } },
];

type Events = Stream<unknown>;

const client = (url: string): OpenAI => new OpenAI({ apiKey: 'k', baseURL: url, maxRetries: 0 });

/** Both of the client's streams, and what they give. */
const apis = {
  'chat completion': {
    path: '/chat/completions',
    sent: [...chatChunks, '[DONE]'],
    given: chatChunks,
    open: (url: string): Promise<Events> =>
      client(url).chat.completions.create({ model: 'm', messages: [], stream: true }),
  },
  response: {
    path: '/responses',
    sent: responseEvents,
    given: responseEvents,
    open: (url: string): Promise<Events> =>
      client(url).responses.create({ model: 'm', input: 'hi', stream: true }),
  },
} as const;
type Api = (typeof apis)[keyof typeof apis];

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const chunk of stream) got.push(chunk);
  return got;
}

/** Every way to read such a stream; each gives all of its chunks. */
const readings: Readonly<Record<string, (stream: Events) => Promise<unknown[]>>> = {
  'for await': collect,
  'one branch of tee()': (stream) => collect(stream.tee()[0]),
  'both branches of tee()': async (stream) => {
    const [left, right] = stream.tee();
    const [some, others] = await Promise.all([collect(left), collect(right)]);
    expect(others).toEqual(some);
    return some as unknown[];
  },
  'toReadableStream()': async (stream) => {
    const lines = await new Response(stream.toReadableStream() as ReadableStream).text();
    return lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  },
};

let server: LocalServer;
let stall = false;
let hungUp: Promise<void>;

beforeAll(async () => {
  server = await localServer((req, res) => {
    const api = Object.values(apis).find(({ path }) => path === req.url) as Api;
    hungUp = new Promise((resolve) => res.once('close', () => resolve()));
    return sendEvents(res, stall ? api.sent.slice(0, 2) : api.sent, stall);
  });
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each(Object.keys(apis) as (keyof typeof apis)[])(
  "a %s of OpenAI's client that is streamed",
  (name) => {
    const { open, given }: Api = apis[name];

    async function world(stage: (typeof stages)[number], stalls = false) {
      stall = stalls;
      const made = await open(server.url);
      const { handler, learned } = await streamWorld(stage, (leg) =>
        leg === (servesLegacy(stage) ? 'legacy' : 'candidate') ? made : 'the other leg',
      );
      const stream = (await handler(message)) as Events;
      expect(stream).toBe(made);
      return { stream, handler, learned };
    }

    describe.each(stages)('in stage %s', (stage) => {
      it.each(Object.keys(readings))('gives all chunks to %s, and is learned', async (way) => {
        const { stream, handler, learned } = await world(stage);
        expect(await readings[way]?.(stream)).toEqual(given);
        expect(stream.controller.signal.aborted).toBe(false);
        expect(await learned()).toEqual(stage === 'off' ? [] : [answer]);
        expect(handler.stats().routes.chat?.served).toMatchObject({
          [servesLegacy(stage) ? 'legacy' : 'candidate']: 1,
        });
      });

      it('can be iterated once, as without a cutover', async () => {
        const { stream } = await world(stage);
        await collect(stream);
        await expect(collect(stream)).rejects.toThrow(/consumed stream/);
      });

      it('that is left early aborts its request, and is not learned', async () => {
        const { stream, learned } = await world(stage, true);
        for await (const _ of stream) break;
        expect(stream.controller.signal.aborted).toBe(true);
        await hungUp;
        expect(await learned()).toEqual([]);
      });

      it('that its controller aborts ends quietly, and is not learned', async () => {
        const { stream, learned } = await world(stage, true);
        const iterator = stream[Symbol.asyncIterator]();
        await iterator.next();
        stream.controller.abort();
        let more = await iterator.next();
        while (!more.done) more = await iterator.next();
        expect(await learned()).toEqual([]);
      });
    });
  },
);

describe("a stream of OpenAI's client that fails before its first chunk", () => {
  it('is replaced by legacy', async () => {
    await using failing = await localServer((_req, res) =>
      sendEvents(res, [{ error: { message: 'overloaded' } }]),
    );
    const { handler, learned } = await streamWorld('live', (leg) =>
      leg === 'legacy' ? 'legacy answers' : apis['chat completion'].open(failing.url),
    );
    expect(await handler(message)).toBe('legacy answers');
    expect(await learned()).toEqual(['legacy answers']);
  });
});

describe.each(['dualwrite', 'live'] as const)(
  "a helper of OpenAI's client in stage %s",
  (stage) => {
    async function world(url: string) {
      return streamWorld(stage, (leg) =>
        leg === (servesLegacy(stage) ? 'legacy' : 'candidate')
          ? client(url).chat.completions.stream({ model: 'm', messages: [] })
          : 'the other leg',
      );
    }

    it('is learned when it is iterated, and gives its final content either way', async () => {
      await using chat = await localServer((_req, res) =>
        sendEvents(res, [...chatChunks, '[DONE]']),
      );
      const iterated = await world(chat.url);
      const stream = (await iterated.handler(message)) as ChatCompletionStream;
      expect(await collect(stream)).toHaveLength(chatChunks.length);
      expect(await stream.finalContent()).toBe(answer);
      expect(await iterated.learned()).toEqual([answer]);
      const other = await world(chat.url);
      const unread = (await other.handler(message)) as ChatCompletionStream;
      expect(await unread.finalContent()).toBe(answer);
      expect(await other.learned()).toEqual([]);
    });
  },
);
