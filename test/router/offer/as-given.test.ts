import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allAsGiven, asGiven } from '../../../src/router/offer/as-given.ts';

describe('a value as it was given', () => {
  it('is equal to what was given, whatever that is', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: false, withMap: true }), (given) => {
        expect(asGiven(given)).toStrictEqual(given);
      }),
    );
  });

  it.each<[string, () => { given: unknown; history: unknown[] }]>([
    [
      'itself',
      () => {
        const history = ['a'];
        return { given: history, history };
      },
    ],
    ['a field', () => withHistory((history) => ({ history, n: 1 }))],
    ['a field of a field', () => withHistory((history) => ({ thread: { history }, n: 1 }))],
  ])('has a list of its own where that is %s', (_where, make) => {
    const { given, history } = make();
    const before = structuredClone(given);
    const kept = asGiven(given);
    history.push('b');
    expect(kept).toStrictEqual(before);
    expect(given).not.toStrictEqual(before);
  });

  it.each<[string, unknown]>([
    ['a text', 'hello'],
    ['an object without lists', { message: 'hello', user: { id: 7 } }],
    [
      'an instance',
      new (class Chat {
        messages = ['a'];
      })(),
    ],
    ['a list that lies deeper than anybody looks', { a: { b: { c: ['a'] } } }],
    ['a list of a class', new (class History extends Array<string> {})('a', 'b')],
    ['a map', new Map([['messages', ['a']]])],
    ['a proxy that is revoked', revoked({})],
    ['a list that is revoked', revoked([])],
    ['one with a symbol', { messages: ['a'], [Symbol('own')]: 1 }],
  ])('is the very same where it is %s', (_what, given) => {
    expect(Object.is(asGiven(given), given)).toBe(true);
  });

  it('keeps what lies in its lists and fields', () => {
    const turn = { role: 'user', content: 'hello' };
    const session = new Map();
    const kept = asGiven({ session, messages: [turn] });
    expect([kept.session === session, kept.messages[0] === turn]).toEqual([true, true]);
  });

  it('runs no getter, and keeps it', () => {
    let runs = 0;
    const given = {
      messages: ['a'],
      get now() {
        runs += 1;
        return runs;
      },
    };
    const kept = asGiven(given);
    expect(runs).toBe(0);
    expect([kept === given, kept.now]).toEqual([false, 1]);
  });

  it('keeps fields that cannot be written, and one called __proto__', () => {
    const frozen = Object.freeze({ messages: ['a'] });
    const parsed = JSON.parse('{"__proto__":["a"],"messages":["b"]}');
    expect(asGiven(frozen)).toStrictEqual({ messages: ['a'] });
    expect(Object.entries(asGiven(parsed))).toEqual([
      ['__proto__', ['a']],
      ['messages', ['b']],
    ]);
  });

  it('is made of each argument of a call', () => {
    const args = ['user', ['a'], { messages: ['b'] }] as const;
    const kept = allAsGiven(args);
    expect(kept).toStrictEqual([...args]);
    expect([kept[1] === args[1], kept[2] === args[2]]).toEqual([false, false]);
    const texts = ['user', 'hello', null];
    expect(allAsGiven(texts)).toBe(texts);
  });
});

function withHistory(make: (history: unknown[]) => unknown): {
  given: unknown;
  history: unknown[];
} {
  const history: unknown[] = ['a'];
  return { given: make(history), history };
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
