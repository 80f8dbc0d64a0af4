import { describe, expect, it } from 'vitest';
import { fixedBytes, retainedBytes } from '../../src/shadow/retained-bytes.ts';
import { servedExchange } from './exchanges.ts';

/** What a call is charged besides itself and its task of four characters. */
const chargedFor = (reply: unknown, ...args: unknown[]): number =>
  retainedBytes(servedExchange({ task: 'task', reply, args })) - fixedBytes - 8;

describe('what a call is charged before it is read', () => {
  it.each([
    ['nothing', undefined, 0],
    ['null', null, 0],
    ['a number', 7, 0],
    ['a text', 'four', 8],
    ['an empty text', '', 0],
    ['bytes', new Uint8Array(10), 10],
    ['no bytes, which are an object', new Uint8Array(0), 4096],
    ['an object', { text: 'four' }, 4096],
    ['an object that says how long it is', { byteLength: 77 }, 77],
    ['an object that says nothing sensible of it', { byteLength: 'long' }, 4096],
  ])('for a reply that is %s', (_what, reply, bytes) => {
    expect(chargedFor(reply)).toBe(bytes);
  });

  it('is that of all its arguments, too', () => {
    expect(chargedFor('four', 'four', {}, new Uint8Array(3))).toBe(8 + 8 + 4096 + 3);
  });
});
