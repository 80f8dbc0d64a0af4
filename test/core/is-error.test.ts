import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isError } from '../../src/core/is-error.ts';

describe('isError()', () => {
  it.each<[string, unknown]>([
    ['an error', new RangeError('far')],
    ['one of another realm', runInNewContext('new RangeError("far")')],
    ['what an aborted call rejects with', new DOMException('left', 'AbortError')],
    // As a test runner's realm of its own sees those of Node.
    ['the same of another realm', { name: 'AbortError', [Symbol.toStringTag]: 'DOMException' }],
  ])('knows %s', (_, value) => {
    expect(isError(value)).toBe(true);
  });

  it.each([undefined, null, 'Error', { name: 'Error', message: 'said' }, [], () => 1])(
    'takes %j for none',
    (value) => {
      expect(isError(value)).toBe(false);
    },
  );
});
