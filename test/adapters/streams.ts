import type { CutoverEventOf, Stage } from 'engramia-cutover';
import { expect, vi } from 'vitest';
import {
  type Behaviours,
  byLegacy,
  learned,
  type Running,
  type Setup,
  servedByLegacy,
  stages,
  start,
  withFallback,
} from './running.ts';

const inOrder = Array.from({ length: 30 }, (_, index) => `chunk ${index}, `);

// Long enough to be learned, had they been all there was.
const first = 'the first of two chunks, ';
const last = 'and the last of them';

const servedByCandidate = stages.filter((stage) => !servedByLegacy.includes(stage));

/** The leg that serves in a stage answers with these chunks. */
const streaming = (stage: Stage, chunks: () => AsyncIterable<string>): Setup =>
  servedByLegacy.includes(stage)
    ? { legacy: () => ({ chunks: chunks() }) }
    : { candidate: () => chunks() };

/** Gives chunks, waits, and fails. */
async function* failingAfter(given: readonly string[], go?: Promise<void>): AsyncGenerator<string> {
  yield* given;
  await go;
  throw new Error('stream broke');
}

/** Asks, and gives what comes back of it chunk by chunk: undefined at the end. */
async function chunksOf(app: Running, signal?: AbortSignal) {
  const { body } = await app.request(signal);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  return async (): Promise<string | undefined> => (await reader?.read())?.value;
}

/** Gives one chunk, and the other when it is time. */
async function* wholeAfter(go: Promise<void>): AsyncGenerator<string> {
  yield first;
  await go;
  yield last;
}

/** What is told of calls that were served, as it comes. */
function servedEvents({ cutover }: Running): CutoverEventOf<'served'>[] {
  const told: CutoverEventOf<'served'>[] = [];
  cutover.on('served', (event) => told.push(event));
  return told;
}

const learns = async (app: Running, text: string): Promise<void> =>
  vi.waitFor(async () => expect(await learned(app)).toEqual([text]));

const chunk = (content: string, finish_reason: string | null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const sent = [chunk(first, null), chunk(last, 'stop')];
const sse = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;
const line = (event: object): string => `${JSON.stringify(event)}\n`;
const toBuffer = (chunk: string | Uint8Array): Buffer => Buffer.from(chunk as string);
const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Streams of which nobody says what they are, and what they say; undefined: that they have failed. */
const untyped: Readonly<Record<string, readonly [(string | Uint8Array)[], string | undefined]>> = {
  words: [[first, last], first + last],
  'server-sent events': [sent.map(sse), first + last],
  'bytes of server-sent events': [sent.map(sse).map(toBytes), first + last],
  'bytes as toReadableStream() gives them': [sent.map(line).map(toBytes), first + last],
  'server-sent events that fail': [[...sent.map(sse), sse({ type: 'error' })], undefined],
  'bytes that fail': [[...sent.map(line), line({ error: 'overloaded' })].map(toBytes), undefined],
  'half an answer': [sent.slice(0, 1).map(sse), undefined],
};

/** Replies that come in pieces. */
export const streams: Behaviours = {
  'passes all chunks of a stream on in their order, in every stage': async (way) => {
    for (const stage of stages) {
      const chunks = async function* () {
        yield* inOrder;
      };
      await using app = await start(way, stage, streaming(stage, chunks));
      expect([stage, await app.ask()]).toEqual([stage, [200, inOrder.join('')]]);
      if (stage !== 'off') await learns(app, inOrder.join(''));
    }
  },
  'passes a first chunk on before there is a second, in every stage, and learns both at the end':
    async (way) => {
      for (const stage of stages) {
        const go = Promise.withResolvers<void>();
        let isMade = false;
        const chunks = async function* () {
          yield first;
          await go.promise;
          isMade = true;
          yield last;
        };
        await using app = await start(way, stage, streaming(stage, chunks));
        const next = await chunksOf(app);
        expect([stage, await next(), isMade]).toEqual([stage, first, false]);
        expect(await learned(app)).toEqual([]);
        go.resolve();
        expect([await next(), await next()]).toEqual([last, undefined]);
        if (stage !== 'off') await learns(app, first + last);
      }
    },
  'learns nothing of a stream whose client left half-way, and lets it end': async (way) => {
    for (const stage of stages) {
      const go = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      const chunks = async function* () {
        try {
          yield first;
          await go.promise;
          yield last;
        } finally {
          ended.resolve();
        }
      };
      await using app = await start(way, stage, streaming(stage, chunks));
      const gone = new AbortController();
      const next = await chunksOf(app, gone.signal);
      expect([stage, await next()]).toEqual([stage, first]);
      gone.abort();
      await app.firstIsOver;
      go.resolve();
      await ended.promise;
      expect([stage, await learned(app)]).toEqual([stage, []]);
      expect(app.legacyCalls()).toBe(servedByLegacy.includes(stage) ? 1 : 0);
    }
  },
  'learns of a stream of which nobody says what it is what its events say, and compares it as the same':
    async (way) => {
      for (const [what, [chunks, said]] of Object.entries(untyped)) {
        const candidate = async function* () {
          yield* chunks;
        };
        await using live = await start(way, 'live', { candidate });
        expect(await live.ask()).toEqual([200, Buffer.concat(chunks.map(toBuffer)).toString()]);
        expect([what, await learned(live)]).toEqual([what, said === undefined ? [] : [said]]);
        await using shadow = await start(way, 'shadow', {
          legacy: () => ({ text: first + last }),
          candidate,
          isSafe: true,
        });
        const compared: CutoverEventOf<'compared'>[] = [];
        shadow.cutover.on('compared', (event) => compared.push(event));
        await shadow.ask();
        await shadow.cutover.flush();
        expect([what, compared[0]?.divergence?.verdict]).toEqual([
          what,
          said === undefined ? 'worse' : 'same',
        ]);
      }
    },
  'answers by legacy when a candidate’s stream fails before its first chunk': async (way) => {
    for (const stage of withFallback) {
      await using app = await start(way, stage, { candidate: () => failingAfter([]) });
      expect([stage, await app.ask()]).toEqual([stage, byLegacy]);
      expect(app.cutover.stats().routes.chat?.fallbacks).toBe(1);
      await learns(app, String(byLegacy[1]));
    }
  },
  'gives the user the error of a stream that fails before its first chunk, once the migration is complete':
    async (way) => {
      await using app = await start(way, 'complete', { candidate: () => failingAfter([]) });
      expect(await app.ask()).toEqual([500, 'error: stream broke']);
      expect([app.legacyCalls(), await learned(app)]).toEqual([0, []]);
    },
  'breaks a reply off where its stream fails after the first chunk, asks no other leg and learns nothing':
    async (way) => {
      for (const stage of stages) {
        const go = Promise.withResolvers<void>();
        const chunks = () => failingAfter([first], go.promise);
        await using app = await start(way, stage, streaming(stage, chunks));
        const next = await chunksOf(app);
        expect([stage, await next()]).toEqual([stage, first]);
        go.resolve();
        await expect(next()).rejects.toThrow(TypeError);
        await app.firstIsOver;
        expect([stage, await learned(app)]).toEqual([stage, []]);
        expect(app.legacyCalls()).toBe(servedByLegacy.includes(stage) ? 1 : 0);
      }
    },
  'tells of a stream at its end: that it came whole, broke or was left, and when its first chunk came':
    async (way) => {
      for (const stage of servedByCandidate) {
        for (const how of ['whole', 'broken']) {
          const go = Promise.withResolvers<void>();
          const chunks = () =>
            how === 'whole' ? wholeAfter(go.promise) : failingAfter([first], go.promise);
          await using app = await start(way, stage, streaming(stage, chunks));
          const told = servedEvents(app);
          const next = await chunksOf(app);
          expect([how, await next(), told]).toEqual([how, first, []]);
          go.resolve();
          await next().catch(() => undefined);
          await app.firstIsOver;
          await vi.waitFor(() => expect(told).toHaveLength(1));
          const status = how === 'whole' ? 'fulfilled' : 'rejected';
          expect(told[0]).toMatchObject({ leg: 'candidate', status });
          expect(told[0]?.firstChunkMs).toBeLessThanOrEqual(told[0]?.durationMs ?? 0);
          const { served, failed } = app.cutover.stats().routes.chat ?? {};
          expect([served?.candidate, failed?.candidate]).toEqual(how === 'whole' ? [1, 0] : [0, 1]);
        }
      }
    },
  'counts a stream that its client left as served, and tells that it was cut': async (way) => {
    for (const stage of servedByCandidate) {
      const go = Promise.withResolvers<void>();
      await using app = await start(
        way,
        stage,
        streaming(stage, () => wholeAfter(go.promise)),
      );
      const told = servedEvents(app);
      const gone = new AbortController();
      const next = await chunksOf(app, gone.signal);
      expect(await next()).toBe(first);
      gone.abort();
      await app.firstIsOver;
      go.resolve();
      await vi.waitFor(() => expect(told).toHaveLength(1));
      expect(told[0]).toMatchObject({ leg: 'candidate', status: 'fulfilled', cut: true });
      expect(app.cutover.stats().routes.chat?.failed.candidate).toBe(0);
    }
  },
};
