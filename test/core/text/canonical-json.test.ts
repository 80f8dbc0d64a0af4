import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/text/canonical-json.ts';

/** A double by its IEEE 754 bits. */
function double(bits: string): number {
  const bytes = Uint8Array.from(bits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return new DataView(bytes.buffer).getFloat64(0);
}

const plainJson = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' });

describe('canonical JSON', () => {
  it('writes the example of RFC 8785, section 3.2.2', () => {
    const value = JSON.parse(`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('orders keys by UTF-16 units, as the example of RFC 8785, section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(value)))).toHaveLength(7);
    expect([...canonicalJson(value).matchAll(/:"(\w+)/g)].map(([, word]) => word)).toEqual([
      'Carriage',
      'One',
      'Control',
      'Latin',
      'Euro',
      'Emoji',
      'Hebrew',
    ]);
  });

  // RFC 8785, appendix B.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s as %s', (bits, text) => {
    expect(canonicalJson(double(bits))).toBe(text);
  });

  it.each([
    ['undefined', { a: undefined }],
    ['undefined', [undefined]],
    ['undefined', new Array(1)],
    ['NaN', { a: Number.NaN }],
    ['Infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['bigint', { a: 1n }],
    ['function', { a: () => 1 }],
    ['symbol', { a: Symbol('b') }],
    ['no plain object', { a: new Date(0) }],
    ['no plain object', { a: new Map() }],
    ['no valid Unicode', { a: '\ud800' }],
    ['no valid Unicode', { a: 'x\\\ude00' }],
    ['no valid Unicode', { '\udc00': 1 }],
    ['nested deeper', JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`)],
  ])('refuses %s in %o', (why, value) => {
    expect(() => canonicalJson(value)).toThrow(why);
  });

  it.each([
    ['{"b":1,"__proto__":2,"a":3}', '{"__proto__":2,"a":3,"b":1}'],
    ['{"x":{"b":1,"__proto__":{"d":1,"c":2}}}', '{"x":{"__proto__":{"c":2,"d":1},"b":1}}'],
    // No object has its keys of digits in this order, and what follows is ordered as well.
    ['{"z":[{"9":1,"10":2}],"y":{"b":1,"a":2}}', '{"y":{"a":2,"b":1},"z":[{"10":2,"9":1}]}'],
    ['{"a":{"10":1,"9":2},"b":{"c":1,"d":2}}', '{"a":{"10":1,"9":2},"b":{"c":1,"d":2}}'],
  ])('loses no key and no order that objects cannot have: %s', (given, canonical) => {
    expect(canonicalJson(JSON.parse(given))).toBe(canonical);
  });

  it('names the key of what it refuses, and not its value', () => {
    expect(() => canonicalJson({ fine: 1, gate: { rate: Number.NaN } })).toThrow(
      /: rate is NaN\.$/,
    );
  });

  it('knows a text about surrogates from a surrogate', () => {
    expect(canonicalJson('\\ud800')).toBe('"\\\\ud800"');
    expect(canonicalJson('\\\\ud800 😀')).toBe('"\\\\\\\\ud800 😀"');
  });

  it('refuses a cycle instead of running on', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => canonicalJson(cycle)).toThrow('nested deeper');
  });

  it('is the same for the same data in any order of keys, and is JSON for that data', () => {
    const shuffled = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return value.map(shuffled);
      const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item)]);
      return Object.fromEntries(entries.reverse());
    };
    fc.assert(
      fc.property(plainJson, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(shuffled(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300 },
    );
  });
});
