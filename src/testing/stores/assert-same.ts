import assert from 'node:assert/strict';

/**
 * `assert.deepEqual` of plain data, wherever it was made: jest runs tests in a realm of their own, and what a native driver
 * answers comes from outside of it, with other prototypes.
 *
 * @throws AssertionError when they differ
 */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(structuredClone(actual), structuredClone(expected), message);
}
