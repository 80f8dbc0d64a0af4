import { describe, expect, test } from 'vitest';
import { argumentCopies, argumentCopy } from '../../../src/router/offer/argument-copy.ts';

describe('the copy of an argument for a mirror', () => {
  test.each([
    [
      'texts and numbers',
      { tenant: 'acme', message: 'hello', limit: 3, stream: false, after: null },
    ],
    ['what lies deeper', { tenant: 'acme', messages: [{ role: 'user', content: 'hello' }] }],
    ['dates and maps', { at: new Date(0), seen: new Map([['a', { times: 1 }]]) }],
    ['a field called __proto__', JSON.parse('{"__proto__":{"a":1},"b":"c"}')],
    ['a text field called __proto__', JSON.parse('{"__proto__":"a","b":"c"}')],
    ['no prototype', Object.assign(Object.create(null), { tenant: 'acme' })],
    ['a symbol for a key', { [Symbol('secret')]: 'a', tenant: 'acme' }],
    [
      'what is computed when it is read',
      Object.defineProperty({}, 'now', { get: () => 1, enumerable: true }),
    ],
    ['what cannot be seen', Object.defineProperty({ a: 1 }, 'hidden', { value: 1 })],
    ['a list', ['acme', 'hello']],
    ['a text', 'hello'],
    ['nothing', undefined],
  ])('is what structuredClone makes of %s', (_what, input) => {
    const copy = argumentCopy<unknown>(input);
    const cloned = structuredClone<unknown>(input);
    expect(copy).toStrictEqual(cloned);
    expect(describeObject(copy)).toEqual(describeObject(cloned));
  });

  test('shares nothing with the argument', () => {
    const flat = { message: 'hello' };
    argumentCopy(flat).message = 'changed';
    const deep = { messages: ['hello'] };
    argumentCopy(deep).messages.push('changed');
    expect([flat, deep]).toEqual([{ message: 'hello' }, { messages: ['hello'] }]);
  });

  test('has of a chunk what it shows, and nothing of the body that it is a view of', () => {
    const body = Buffer.from('a body of which this is a chunk, and the rest');
    const chunk = body.subarray(26, 31);
    const copy = argumentCopy<Uint8Array>(chunk);
    expect([Buffer.from(copy).toString(), copy.buffer.byteLength]).toEqual(['chunk', 5]);
    copy.fill(0);
    expect(chunk.toString()).toBe('chunk');
  });

  test.each<[string, unknown]>([
    ['a function', { tenant: 'acme', run: () => undefined }],
    ['nothing but a function', { run: () => undefined }],
    ['nothing but a symbol', { id: Symbol('id') }],
    ['itself, a function', () => undefined],
    ['a symbol', { tenant: 'acme', mark: Symbol('mark') }],
  ])('is not made of an argument that holds %s', (_what, input) => {
    expect(() => argumentCopy(input)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  });
});

describe('the copies of all arguments of a call', () => {
  test('are of those arguments, each by itself', () => {
    const args = ['user-1', { message: 'hello' }, 3];
    const copies = argumentCopies(args);
    expect(copies).toStrictEqual(args);
    expect(copies).not.toBe(args);
    expect(copies[1]).not.toBe(args[1]);
  });

  test('share what the arguments share', () => {
    const question = { message: 'hello' };
    const [first, second] = argumentCopies([question, question]);
    expect(first).toBe(second);
    expect(first).not.toBe(question);
  });

  test('are the texts themselves where there is nothing else, in a list of their own', () => {
    const args = ['user-1', 'hello'];
    expect(argumentCopies(args)).toStrictEqual(args);
    expect(argumentCopies(args)).not.toBe(args);
  });
});

/** What equality does not look at. */
function describeObject(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return [
    Object.getPrototypeOf(value),
    Object.getOwnPropertyDescriptors(value),
    Reflect.ownKeys(value),
  ];
}
