import { describe, expect, it } from 'vitest';
import { retainedSize } from '../../src/core/retained-size.ts';

describe('what a value retains', () => {
  it.each([
    ['a text', 'four', 8],
    ['a number', 1, 8],
    ['nothing', undefined, 8],
    ['an array of texts', ['four', 'five'], 64 + 16],
    ['an object', { a: 'four', b: [1, null] }, 64 + 8 + 64 + 16],
    ['bytes', new Uint8Array(1_000), 64 + 1_000],
    ['a few bytes of many', new Uint8Array(1_000).subarray(0, 10), 64 + 1_000],
    ['a map', new Map([['four', 'five!']]), 64 + 8 + 10],
    ['a set', new Set(['four']), 64 + 8],
    [
      'an error',
      Object.assign(new Error('four', { cause: 1 }), { stack: 'five!' }),
      64 + 8 + 10 + 8,
    ],
    ['bytes within', { bytes: new Uint8Array(1_000) }, 64 + 64 + 1_000],
  ])('%s', (_what, value, bytes) => {
    expect(retainedSize(value)).toBe(bytes);
  });

  it('is estimated from the first 10,000 values where there are more', () => {
    const texts = Array.from({ length: 100_000 }, () => 'x'.repeat(50));
    const exact = 64 + texts.length * 100;
    expect(retainedSize(texts) / exact).toBeCloseTo(1, 1);
  });

  it('is what it is where there are fewer, wherever the most of it lies', () => {
    const values = [...Array.from({ length: 9_000 }, () => 1), 'x'.repeat(1_000_000)];
    expect(retainedSize(values)).toBe(64 + 9_000 * 8 + 2_000_000);
  });

  it('ends where values hold each other', () => {
    const one: Record<string, unknown> = {};
    one.self = one;
    expect(retainedSize(one)).toBeGreaterThan(64);
  });
});
