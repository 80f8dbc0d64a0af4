import { AsyncLocalStorage } from 'node:async_hooks';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { message, servesLegacy, stages, streamWorld } from './world.ts';

const pieces = ['We are ', 'closed.'];

type Chunks = AsyncIterable<unknown>;

async function collect(stream: unknown): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const chunk of stream as Chunks) got.push(chunk);
  return got;
}

/** A reply that is made once, and can be read again and again. */
const canned = (): Chunks => ({
  async *[Symbol.asyncIterator]() {
    yield* pieces;
  },
});

describe.each(stages)('one object for every caller in stage %s', (stage) => {
  const only = (reply: unknown) => (leg: 'legacy' | 'candidate') =>
    leg === (servesLegacy(stage) ? 'legacy' : 'candidate') ? reply : 'the other leg';

  it('is as it was as soon as it is read, however often it is given, and is learned each time', async () => {
    const reply = canned();
    const bare = Object.getOwnPropertyDescriptors(reply);
    const { handler } = await streamWorld(stage, only(reply));
    for (let call = 0; call < 3; call += 1) {
      expect(await handler(message)).toBe(reply);
      expect(await collect(reply)).toEqual(pieces);
      expect(Object.getOwnPropertyDescriptors(reply)).toEqual(bare);
    }
    await handler.flush();
    expect(handler.stats().learn.ok).toEqual(
      stage === 'off' ? { stored: 0, deduplicated: 0 } : { stored: 1, deduplicated: 2 },
    );
    await handler.close();
  });

  it('is whole for callers at the same time, and in nobody else’s memory', async () => {
    const caller = new AsyncLocalStorage<string>();
    const feed: Chunks = {
      async *[Symbol.asyncIterator]() {
        yield 'the secret of ';
        yield caller.getStore();
      },
    };
    const learned: string[] = [];
    const { handler } = await streamWorld(stage, only(feed), {
      identify: (task: string) => ({ tenant: caller.getStore() ?? '', task }),
      engramia: {
        clientOf: () => undefined,
        targetOf: (tenant: string) => ({
          scope: tenant,
          address: 'http://x',
          readyInMs: () => 0,
          wasStored: async () => false,
          learn: async ({ code }: { code: string }) => {
            learned.push(`${tenant}: ${code}`);
            return { kind: 'stored', patternCount: 1 };
          },
        }),
      } as never,
    });
    const served = ['alice', 'bob', 'carol'].map((who) =>
      caller.run(who, async () => ({ who, reply: await handler(message) })),
    );
    const replies = await Promise.all(served);
    for (const { who, reply } of replies.reverse()) {
      const got = await caller.run(who, () => collect(reply));
      expect(got).toEqual(['the secret of ', who]);
    }
    await handler.flush();
    for (const lesson of learned) expect(lesson).toMatch(/^(\w+): the secret of \1$/);
    expect(Object.getOwnPropertyNames(feed)).toEqual([]);
    expect(handler.stats().learn.pending).toBe(0);
    await handler.close();
  });

  it.each<[string, () => object]>([
    [
      'an iterator',
      () => ({
        next: async () => ({ done: false, value: 'more' }),
        [Symbol.asyncIterator]() {
          return this;
        },
      }),
    ],
    [
      'an iterable with one iterator for all',
      () => {
        const iterator = { next: async () => ({ done: false, value: 'more' }) };
        return { iterator, [Symbol.asyncIterator]: () => iterator };
      },
    ],
  ])('is tapped once where it is %s', async (_name, make) => {
    const reply = make() as { iterator?: object };
    const { handler } = await streamWorld(stage, only(reply));
    const methods = async () => {
      await handler(message);
      for await (const chunk of reply as unknown as Chunks) {
        expect(chunk).toBe('more');
        break;
      }
      return (reply.iterator ?? (reply as { next?: unknown })) as { next?: unknown };
    };
    const { next } = await methods();
    expect((await methods()).next).toBe(next);
    expect((await methods()).next).toBe(next);
    await handler.close();
  });

  it('is tapped once where it is a Node stream', async () => {
    const reply = new PassThrough();
    const { handler } = await streamWorld(stage, only(reply));
    reply.write('more');
    await handler(message);
    const { emit } = reply;
    await handler(message);
    expect(reply.emit).toBe(emit);
    reply.destroy();
    await handler.close();
  });
});
