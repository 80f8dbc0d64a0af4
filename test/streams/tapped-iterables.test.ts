import { describe, expect, it } from 'vitest';
import { end, give, iterable, tapped } from './tapped.ts';

/** What makes a thenable of an object that is no promise. */
const then = 'then';

const boom = new Error('stream broke');

describe('an iterable that is observed', () => {
  it('is told chunk by chunk, and gives the very promises of its own', async () => {
    const promise = Promise.resolve({ done: false, value: 'a' });
    const { told, iterate } = tapped(iterable([() => promise, end]));
    const iterator = iterate();
    expect(iterator.next()).toBe(promise);
    await promise;
    await iterator.next();
    expect(told).toEqual(['a', 'ended']);
  });

  it('may give results that are no promises', () => {
    const { told, iterate } = tapped(iterable([() => ({ done: false, value: 'a' })]));
    const iterator = iterate();
    expect(iterator.next()).toEqual({ done: false, value: 'a' });
    iterator.next();
    expect(told).toEqual(['a', 'ended']);
  });

  it('may give thenables, each of which is started once', async () => {
    let starts = 0;
    const lazy =
      (outcome: unknown, fails = false) =>
      () => ({
        [then](tell: (value: unknown) => void, fail: (reason: unknown) => void) {
          starts += 1;
          if (fails) fail(outcome);
          else tell(outcome);
        },
      });
    const { told, iterate } = tapped(
      iterable([lazy({ done: false, value: 'a' }), lazy(boom, true)]),
    );
    const iterator = iterate();
    expect(await iterator.next()).toEqual({ done: false, value: 'a' });
    await expect(iterator.next()).rejects.toBe(boom);
    expect(starts).toBe(2);
    expect(told).toEqual(['a', ['failed', boom]]);
  });

  it('may give proxies of promises', async () => {
    const proxied = () =>
      new Proxy(Promise.resolve({ done: false, value: 'a' }), {
        get: (promise, key) =>
          key === then ? promise.then.bind(promise) : Reflect.get(promise, key),
      });
    const { told, iterate } = tapped(iterable([proxied]));
    expect(await iterate().next()).toEqual({ done: false, value: 'a' });
    expect(told).toEqual(['a']);
  });

  it('is told to have failed when its next throws or rejects', async () => {
    const throwing = tapped(
      iterable([
        () => {
          throw boom;
        },
      ]),
    );
    expect(() => throwing.iterate().next()).toThrow(boom);
    const rejecting = tapped(iterable([() => Promise.reject(boom)]));
    await expect(rejecting.iterate().next()).rejects.toBe(boom);
    expect([throwing.told, rejecting.told]).toEqual([[['failed', boom]], [['failed', boom]]]);
  });

  it.each([[undefined], [null], [7]])('is cut where its next gives no result: %s', (result) => {
    const { told, iterate } = tapped(iterable([() => result]));
    expect(iterate().next()).toBe(result);
    expect(told).toEqual(['cut']);
  });

  it.each(['return', 'throw'] as const)(
    'is cut by %s, whose arguments are passed on',
    async (name) => {
      const given: unknown[] = [];
      const method = async (...args: unknown[]) => {
        given.push(...args);
        return { done: true, value: 'left' };
      };
      const { told, iterate } = tapped(iterable([give('a')], { [name]: method }));
      const iterator = iterate();
      await iterator.next();
      expect(await iterator[name]?.('why')).toEqual({ done: true, value: 'left' });
      expect([told, given]).toEqual([['a', 'cut'], ['why']]);
    },
  );

  it('has no more ways to be left than before', () => {
    const { iterate } = tapped(iterable([]));
    const iterator = iterate();
    expect([iterator.return, iterator.throw]).toEqual([undefined, undefined]);
  });

  it('is observed once: who iterates again gets what it gives itself', async () => {
    const { told, iterate } = tapped(iterable([give('a'), give('b'), end]));
    await iterate().next();
    await iterate().next();
    expect(told).toEqual(['a']);
  });

  it('may be its own iterator, also for those who never ask for one', async () => {
    async function* generate() {
      yield 'a';
    }
    const asked = tapped(generate());
    for await (const _chunk of asked.tap.reply as AsyncIterable<unknown>);
    const unasked = tapped(generate());
    await (unasked.tap.reply as AsyncGenerator).next();
    await (unasked.tap.reply as AsyncGenerator).return(undefined);
    expect([asked.told, unasked.told]).toEqual([
      ['a', 'ended'],
      ['a', 'cut'],
    ]);
  });

  it('is entered by a function of its own where it is made like OpenAI’s streams', async () => {
    const make = (more: object) => {
      const stream = {
        iterator: async function* () {
          yield 'a';
        },
        [Symbol.asyncIterator]() {
          return this.iterator();
        },
        ...more,
      };
      return stream;
    };
    const like = make({ tee: () => undefined });
    const bare = like.iterator;
    const { told } = tapped(like);
    expect(like.iterator).not.toBe(bare);
    for await (const _chunk of like.iterator());
    expect(told).toEqual(['a', 'ended']);
    const other = make({});
    const own = other.iterator;
    tapped(other);
    expect(other.iterator).toBe(own);
  });

  it.each<[string, object]>([
    ['nothing but a `tee`', { tee: () => undefined }],
    ['an `iterator` that is no function', { tee: () => undefined, iterator: 7 }],
    ['an `iterator` alone', { iterator: () => undefined }],
    [
      'an `iterator` of its class',
      Object.create({ iterator: () => undefined }, { tee: { value: () => undefined } }),
    ],
  ])('is entered as any other where it has %s', async (_what, beside) => {
    const stream = Object.assign(beside, iterable([give('a')]));
    const { told, iterate } = tapped(stream);
    await iterate().next();
    expect(told).toEqual(['a']);
  });
});
