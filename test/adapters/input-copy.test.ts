import { describe, expect, test } from 'vitest';
import { inputCopy } from '../../src/router/adapters/input-copy.ts';

describe('the copy of an input for a mirror', () => {
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
    const copy = inputCopy<unknown>(input);
    const cloned = structuredClone<unknown>(input);
    expect(copy).toStrictEqual(cloned);
    expect(describeObject(copy)).toEqual(describeObject(cloned));
  });

  test('shares nothing with the input', () => {
    const flat = { message: 'hello' };
    inputCopy(flat).message = 'changed';
    const deep = { messages: ['hello'] };
    inputCopy(deep).messages.push('changed');
    expect([flat, deep]).toEqual([{ message: 'hello' }, { messages: ['hello'] }]);
  });

  test.each([
    ['a function', { tenant: 'acme', run: () => undefined }],
    ['a symbol', { tenant: 'acme', mark: Symbol('mark') }],
  ])('is not made of an input that holds %s', (_what, input) => {
    expect(() => inputCopy(input)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
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
