import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/core/call/subject.ts';
import { decisionKey } from '../../../src/flags/source/decision-key.ts';
import { KeyMemo } from '../../../src/flags/source/key-memo.ts';

const subjectOf = (facts: object): Subject => ({ task: 'anything', ...facts });

describe('KeyMemo', () => {
  it('gives the key that writing everything down gives, whatever was asked before', () => {
    const name = fc.constantFrom('a', 'b', 'ab', '\0', '__proto__', 'toJSON');
    const value = fc.constantFrom(0, -0, 1, '1', 'a', '', true, Number.NaN, null, ['a']);
    const call = fc.record({
      tenant: name,
      user: fc.option(name, { nil: undefined }),
      attributes: fc.option(
        fc
          .uniqueArray(fc.tuple(name, value), { maxLength: 3, selector: ([key]) => key })
          .map(Object.fromEntries),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(
        fc.array(call, { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (calls, max) => {
          const memo = new KeyMemo(max);
          for (const { tenant, user, attributes } of calls) {
            const subject = subjectOf({ user, attributes });
            expect(memo.keyOf(tenant, subject)).toBe(decisionKey(tenant, subject));
            expect(memo.size).toBeLessThanOrEqual(max);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('writes the same attributes down once', () => {
    const memo = new KeyMemo(10);
    const first = memo.keyOf('acme', subjectOf({ user: 'ann', attributes: { plan: 'pro' } }));
    const { stringify } = JSON;
    JSON.stringify = () => {
      throw new Error('written down again');
    };
    try {
      expect(memo.keyOf('acme', subjectOf({ user: 'ann', attributes: { plan: 'pro' } }))).toBe(
        first,
      );
    } finally {
      JSON.stringify = stringify;
    }
  });

  it('does not take what objects inherit, or make of themselves, for their own', () => {
    const memo = new KeyMemo(10);
    const keyOf = (attributes: unknown) => memo.keyOf('acme', subjectOf({ attributes }));
    class Plan {
      a = 1;
      readonly #hidden: number;
      constructor(hidden: number) {
        this.#hidden = hidden;
      }
      toJSON(): object {
        return { hidden: this.#hidden };
      }
    }
    const plain = keyOf({ a: 1, b: 2 });
    expect(keyOf(Object.assign(Object.create({ b: 2 }), { a: 1 }))).not.toBe(plain);
    expect(keyOf({ a: 1 })).not.toBe(keyOf(new Plan(1)));
    expect(keyOf(new Plan(1))).not.toBe(keyOf(new Plan(2)));
  });

  it('remembers nothing long', () => {
    const memo = new KeyMemo(10);
    memo.keyOf('acme', subjectOf({ user: 'u'.repeat(2_000) }));
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`a${n}`, n]));
    memo.keyOf('acme', subjectOf({ attributes: many }));
    expect(memo.size).toBe(0);
  });

  it.each([
    ['nothing but a tenant: that is the key', {}, 0],
    ['a user', { user: 'ann' }, 1],
    ['attributes', { attributes: { plan: 'pro' } }, 1],
    ['a user and attributes', { user: 'ann', attributes: { seats: 5 } }, 1],
    ['attributes that are true or false', { attributes: { paid: true } }, 1],
    [
      'attributes without a prototype',
      { attributes: Object.assign(Object.create(null), { a: 1 }) },
      1,
    ],
    ['attributes of which one is an object', { attributes: { plan: 'pro', more: {} } }, 0],
    ['attributes that are null', { attributes: null }, 0],
    ['attributes that are a text', { attributes: 'pro' }, 0],
    ['attributes of a class', { attributes: new (class {})() }, 0],
    ['sixteen attributes', { attributes: Object.fromEntries(Array(16).fill(1).entries()) }, 1],
    ['seventeen attributes', { attributes: Object.fromEntries(Array(17).fill(1).entries()) }, 0],
    ['a user with whom the key has 1,000 characters', { user: 'u'.repeat(995) }, 1],
    ['a user with whom the key has more', { user: 'u'.repeat(996) }, 0],
  ])('of a call with %s remembers what is worth it', (_what, facts, remembered) => {
    const memo = new KeyMemo(10);
    const subject = subjectOf(facts);
    expect(memo.keyOf('acme', subject)).toBe(decisionKey('acme', subject));
    expect(memo.size).toBe(remembered);
  });

  it('remembers as many as it may, and then begins anew', () => {
    const memo = new KeyMemo(2);
    const sizes = ['ann', 'bob', 'cid'].map((user) => {
      memo.keyOf('acme', subjectOf({ user }));
      return memo.size;
    });
    expect(sizes).toEqual([1, 2, 1]);
  });

  it('tells apart attributes of other names with the same values', () => {
    const memo = new KeyMemo(10);
    for (const attributes of [{ a: 1 }, { b: 1 }, { b: 1, a: 1 }, { a: 1, b: 1 }]) {
      const subject = subjectOf({ user: 'ann', attributes });
      expect(memo.keyOf('acme', subject)).toBe(decisionKey('acme', subject));
    }
  });

  it('fails where attributes cannot be written down, each time', () => {
    const memo = new KeyMemo(10);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    for (let turn = 0; turn < 2; turn += 1) {
      expect(() => memo.keyOf('acme', subjectOf({ attributes: loop }))).toThrow(TypeError);
    }
  });
});
