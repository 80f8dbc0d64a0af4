import { describe, expect, it } from 'vitest';
import { tapIterable } from '../../src/router/replies/tap-iterable.ts';
import { unlessStopped } from '../../src/router/replies/unless-stopped.ts';
import { end, give, iterable, noting, tapped } from './tapped.ts';

/** What makes a thenable of an object that is no promise. */
const then = 'then';

const boom = new Error('stream broke');

describe('an iterable whose first chunk is waited for', () => {
  it('gives that chunk again, by the same promise', async () => {
    const { told, tap, iterate } = tapped(iterable([give('a'), end]));
    expect(await tap.first()).toBe(true);
    const iterator = iterate();
    expect(await iterator.next()).toEqual({ done: false, value: 'a' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(told).toEqual(['a', 'ended']);
  });

  it.each(['return', 'throw'] as const)(
    'does not give that chunk to who has left by %s',
    async (way) => {
      async function* generate() {
        yield 'a';
        yield 'b';
      }
      const { told, tap, iterate } = tapped(generate());
      expect(await tap.first()).toBe(true);
      const iterator = iterate();
      await iterator[way]?.(boom).catch(() => undefined);
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
      expect(told).toContain('cut');
    },
  );

  it('may have none', async () => {
    expect(await tapped(iterable([end])).tap.first()).toBe(false);
  });

  it('may fail before it', async () => {
    await expect(tapped(iterable([() => Promise.reject(boom)])).tap.first()).rejects.toBe(boom);
  });

  it('may give it as a thenable, which is started once', async () => {
    let starts = 0;
    const lazy = () => ({
      [then](tell: (value: unknown) => void) {
        starts += 1;
        tell({ done: false, value: 'a' });
      },
    });
    const { tap, iterate } = tapped(iterable([lazy]));
    expect(await tap.first()).toBe(true);
    expect(await iterate().next()).toEqual({ done: false, value: 'a' });
    expect(starts).toBe(1);
  });

  it('is stood in for where its iterator does not let itself be changed', async () => {
    const noted: unknown[] = [];
    const nexts = [give('a'), give('b')];
    const frozen = Object.freeze({
      next: () => (nexts.shift() ?? end)(),
      return: async (value: unknown) => {
        noted.push(value);
        return { done: true, value };
      },
    });
    const { told, tap, iterate } = tapped({ [Symbol.asyncIterator]: () => frozen });
    expect(await tap.first()).toBe(true);
    const iterator = iterate();
    expect((iterator as unknown as AsyncIterable<unknown>)[Symbol.asyncIterator]()).toBe(iterator);
    expect(await iterator.next()).toEqual({ done: false, value: 'a' });
    expect(await iterator.next()).toEqual({ done: false, value: 'b' });
    expect(await iterator.return?.('why')).toEqual({ done: true, value: 'why' });
    expect(iterator.throw).toBeUndefined();
    expect([told, noted]).toEqual([['a', 'b', 'cut'], ['why']]);
  });

  it('is stood in for with all ways to be left that its iterator has', async () => {
    const frozen = Object.freeze({
      next: give('a'),
      throw: async (reason: unknown) => ({ done: true, value: `thrown ${String(reason)}` }),
    });
    const { told, tap, iterate } = tapped({ [Symbol.asyncIterator]: () => frozen });
    await tap.first();
    const iterator = iterate();
    expect(iterator.return).toBeUndefined();
    expect(await iterator.throw?.('why')).toEqual({ done: true, value: 'thrown why' });
    expect(told).toEqual(['cut']);
  });

  it('is passed on unobserved, and counts as cut, where nobody waited', async () => {
    const frozen = Object.freeze({ next: give('a') });
    const { told, iterate } = tapped({ [Symbol.asyncIterator]: () => frozen });
    expect(iterate()).toBe(frozen);
    expect(told).toEqual(['cut']);
  });
});

describe('an iterable that is abandoned', () => {
  it('is left, and its request aborted where it has one', async () => {
    const noted: string[] = [];
    const stream = iterable(
      [give('a')],
      { return: () => void noted.push('return') },
      { controller: { abort: () => void noted.push('abort') } },
    );
    const { tap } = tapped(stream);
    await tap.first();
    tap.abandon();
    expect(noted).toEqual(['abort', 'return']);
  });

  it.each<[string, object, object]>([
    ['nothing to be left by', {}, {}],
    ['a controller that is none', {}, { controller: { abort: 'no' } }],
    ['no controller', {}, { controller: null }],
    [
      'a controller that throws',
      {},
      {
        controller: {
          abort: () => {
            throw boom;
          },
        },
      },
    ],
    ['a return that rejects', { return: () => Promise.reject(boom) }, {}],
  ])('troubles nobody with %s', async (_what, more, beside) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { tap } = tapped(iterable([give('a')], more, beside));
    expect(() => tap.abandon()).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('an iterable that cannot be observed', () => {
  it.each<[string, object]>([
    ['is frozen', Object.freeze(iterable([]))],
    ['is sealed', Object.seal(iterable([]))],
    [
      'keeps its iterator',
      Object.defineProperty({}, Symbol.asyncIterator, { value: () => undefined }),
    ],
  ])('is not touched where it %s', (_why, stream) => {
    expect(tapIterable(stream, noting().observer)).toBeUndefined();
  });
});

describe('a stream that can be told to stop', () => {
  it.each<[string, object, string]>([
    ['by its flag', { cancelled: true }, 'cut'],
    ['by its controller', { controller: { signal: { aborted: true } } }, 'cut'],
    ['by neither', { cancelled: false, controller: { signal: { aborted: false } } }, 'ended'],
    ['by a flag that is merely true', { cancelled: 1 }, 'ended'],
    ['by a controller without a signal', { controller: {} }, 'ended'],
    ['by no controller', { controller: null }, 'ended'],
    [
      'by what throws',
      {
        get cancelled(): never {
          throw boom;
        },
      },
      'ended',
    ],
    ['by no way at all', {}, 'ended'],
  ])('%s', (_how, stream, expected) => {
    const { told, observer } = noting();
    const heeding = unlessStopped(stream, observer);
    heeding.chunk('a');
    heeding.failed(boom);
    heeding.cut();
    heeding.ended();
    expect(told).toEqual(['a', ['failed', boom], 'cut', expected]);
  });
});
