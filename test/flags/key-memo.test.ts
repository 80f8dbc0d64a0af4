import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../src/core/subject.ts';
import { decisionKey } from '../../src/flags/decision-key.ts';
import { KeyMemo } from '../../src/flags/key-memo.ts';

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

  it('fails where attributes cannot be written down, each time', () => {
    const memo = new KeyMemo(10);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    for (let turn = 0; turn < 2; turn += 1) {
      expect(() => memo.keyOf('acme', subjectOf({ attributes: loop }))).toThrow(TypeError);
    }
  });
});
