import { AsyncLocalStorage } from 'node:async_hooks';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { message, stages, streamWorld } from './world.ts';

const pieces = ['Streams ', 'come in ', 'pieces.'];
const answer = pieces.join('');
const watched = stages.filter((stage) => stage !== 'off');

async function* generate() {
  yield* pieces;
}

const kinds: Readonly<Record<string, () => unknown>> = {
  generator: generate,
  ReadableStream: () => ReadableStream.from(pieces),
  Response: () => new Response(ReadableStream.from(pieces.map((piece) => Buffer.from(piece)))),
};

/** Reads a reply of any of these kinds; `before` runs before its last chunk is asked for. */
async function read(reply: unknown, before: () => Promise<void> = async () => undefined) {
  const body = reply instanceof Response ? reply.body : reply;
  let text = '';
  for await (const chunk of body as AsyncIterable<string | Uint8Array>) {
    text += Buffer.from(chunk as string).toString();
    if (text === answer) await before();
  }
  return text;
}

const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe.each(watched)('background work of a stream in stage %s', (stage) => {
  it.each(Object.keys(kinds))(
    'is handed to waitUntil as a promise that covers the end of a %s and what it taught',
    async (kind) => {
      const kept: Promise<unknown>[] = [];
      const { handler, learned } = await streamWorld(stage, kinds[kind] as () => unknown, {
        background: { mode: 'waitUntil', waitUntil: (promise) => void kept.push(promise) },
      });
      const reply = await handler(message);
      expect(kept).toHaveLength(1);
      let isOver = false;
      void kept[0]?.then(() => {
        isOver = true;
      });
      await read(reply, async () => {
        await turns();
        expect(isOver).toBe(false);
      });
      await kept[0];
      expect(handler.stats().learn.ok.stored).toBe(1);
      expect(await learned()).toEqual([answer]);
    },
  );

  it.each(Object.keys(kinds))(
    'in mode await does not hold back a %s from the caller who has to read it',
    async (kind) => {
      const { handler, learned } = await streamWorld(stage, kinds[kind] as () => unknown, {
        background: { mode: 'await', deadlineMs: 60_000 },
        clock: fakeClock(),
      });
      expect(await read(await handler(message))).toBe(answer);
      expect(await learned()).toEqual([answer]);
    },
  );

  it('is over for the platform when the consumer leaves the stream early', async () => {
    const kept: Promise<unknown>[] = [];
    const { handler, learned } = await streamWorld(stage, generate, {
      background: { mode: 'waitUntil', waitUntil: (promise) => void kept.push(promise) },
      clock: fakeClock(),
    });
    for await (const _ of (await handler(message)) as AsyncIterable<unknown>) break;
    await kept[0];
    expect(await learned()).toEqual([]);
  });
});

describe('the platform', () => {
  it('waits for a stream that nobody reads for as long as the deadline says, and no longer', async () => {
    const clock = fakeClock();
    const kept: Promise<unknown>[] = [];
    const { handler } = await streamWorld('dualwrite', generate, {
      background: {
        mode: 'waitUntil',
        waitUntil: (promise) => void kept.push(promise),
        deadlineMs: 100,
      },
      clock,
    });
    await handler(message);
    let isOver = false;
    void kept[0]?.then(() => {
      isOver = true;
    });
    await clock.advance(99);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await kept[0];
  });
});

describe('the mirror of a stream', () => {
  it.each(['shadow', 'live'] as const)(
    'runs in the async context of its call in stage %s, whoever reads the stream to its end',
    async (stage) => {
      const context = new AsyncLocalStorage<string>();
      const seen: (string | undefined)[] = [];
      const mirror = async function* () {
        await turns(1);
        seen.push(context.getStore());
        yield answer;
      };
      const { handler } = await streamWorld(
        stage,
        (leg) => (leg === 'candidate' && stage === 'shadow' ? mirror() : generate()),
        { legacyShadow: mirror },
      );
      const replies = await Promise.all(
        ['one', 'two', 'three'].map((call) => context.run(call, () => handler(message))),
      );
      for (const reply of replies) await context.run('the reader', () => read(reply));
      await handler.flush();
      expect(seen.toSorted()).toEqual(['one', 'three', 'two']);
    },
  );
});
