import { tapIterable } from '../../src/router/replies/tap-iterable.ts';

/** An observer that notes what it is told. */
export function noting() {
  const told: unknown[] = [];
  const observer = {
    chunk: (value: unknown) => void told.push(value),
    ended: () => void told.push('ended'),
    failed: (reason: unknown) => void told.push(['failed', reason]),
    cut: () => void told.push('cut'),
  };
  return { told, observer };
}

type Next = () => unknown;

/** An iterable by hand: what `next` gives, one by one, and methods beside it. */
export function iterable(nexts: readonly Next[], more: object = {}, beside: object = {}) {
  const left = [...nexts];
  return {
    ...beside,
    [Symbol.asyncIterator]: () => ({
      next: () => (left.shift() ?? (() => ({ done: true, value: undefined })))(),
      ...more,
    }),
  };
}
export const give = (value: unknown) => () => Promise.resolve({ done: false, value });
export const end = () => Promise.resolve({ done: true, value: undefined });

export function tapped(stream: object) {
  const { told, observer } = noting();
  const tap = tapIterable(stream, observer);
  if (tap === undefined) throw new Error('not tapped');
  return { told, tap, iterate: () => (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]() };
}
