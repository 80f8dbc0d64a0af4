import { describe, expect, it } from 'vitest';
import { message, stages, streamWorld } from './world.ts';

const planted = new Error('It has been read.');

const noIterator = (): object => ({
  [Symbol.asyncIterator](): never {
    throw planted;
  },
});

/** Its `next` gives what is no result. */
const giving = (next: () => unknown) => (): object => ({
  [Symbol.asyncIterator]: () => ({ next }),
});

/** Asked for an iterator, it gives something else. */
const beginning = (iterator: unknown) => (): object => ({ [Symbol.asyncIterator]: () => iterator });

const broken: readonly (readonly [string, () => object])[] = [
  ['that gives no iterator', noIterator],
  ['that gives null for an iterator', beginning(null)],
  ['that gives a number for an iterator', beginning(5)],
  ['whose iterator has no next', beginning({})],
  [
    'whose iterator throws at a look',
    beginning({
      get next() {
        throw planted;
      },
    }),
  ],
  ['whose next gives nothing', giving(() => undefined)],
  ['whose next gives a number', giving(() => 5)],
  ['whose next promises a text', giving(async () => 'a chunk')],
];

async function failureOf(reading: () => Promise<unknown>): Promise<string> {
  try {
    await reading();
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

async function read(stream: unknown): Promise<void> {
  for await (const chunk of stream as AsyncIterable<unknown>) void chunk;
}

describe.each(stages)('in stage %s an iterable', (stage) => {
  it.each(broken)('%s fails for its reader as ever, and its call has ended', async (_how, make) => {
    const bare = await failureOf(() => read(make()));
    expect(bare).not.toBe('none');
    const { handler, learned } = await streamWorld(stage, make);
    expect(await failureOf(async () => read(await handler(message)))).toBe(bare);
    expect(await learned()).toEqual([]);
    const { calls, served: ok, failed } = handler.stats().routes.chat ?? {};
    const ends = [ok?.legacy, ok?.candidate, failed?.legacy, failed?.candidate];
    expect([calls, ends.reduce((sum, count) => (sum ?? 0) + (count ?? 0), 0)]).toEqual([1, 1]);
  });

  it('whose iterator says by null that it needs no telling is left as ever', async () => {
    const iterator = { next: async () => ({ done: false, value: 'a' }), return: null, throw: null };
    const { handler, learned } = await streamWorld(stage, beginning(iterator));
    for await (const chunk of (await handler(message)) as AsyncIterable<string>) {
      expect(chunk).toBe('a');
      break;
    }
    expect(await learned()).toEqual([]);
  });
});
