import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rougeByTable } from '../../bench/compare.ts';
import { createComparer } from '../../src/compare/create-comparer.ts';
import { equalTexts } from '../../src/compare/words/equal-texts.ts';
import { overlapOf } from '../../src/compare/words/jaccard.ts';
import { lcsLength, rougeL } from '../../src/compare/words/rouge.ts';
import { Tokenizer, toTokens } from '../../src/compare/words/tokens.ts';
import { isBlank } from '../../src/core/text/text.ts';
import { anyText } from './any-text.ts';
import { divergence, layerOf } from './comparing.ts';

const tokens = (most: number) =>
  fc
    .array(fc.integer({ min: -3, max: most }), { maxLength: 150, size: 'max' })
    .map((all) => Int32Array.from(all));

const sorted = (all: Int32Array): Int32Array => all.slice().sort();

describe('similarities', () => {
  it('of ROUGE-L are those of the plain table, for any tokens', () => {
    fc.assert(
      fc.property(tokens(5), tokens(60), tokens(60), (first, second, third) => {
        expect(rougeL(first, second)).toBe(rougeByTable(first, second));
        expect(rougeL(second, third)).toBe(rougeByTable(second, third));
        expect(rougeL(first, first)).toBe(1);
        expect(lcsLength(first, second)).toBe(lcsLength(second, first));
      }),
      { numRuns: 500 },
    );
  });

  it('of sets are those of plain sets, for any tokens', () => {
    fc.assert(
      fc.property(tokens(5), tokens(60), (first, second) => {
        const [a, b] = [new Set(first), new Set(second)];
        const common = [...a].filter((token) => b.has(token)).length;
        const all = new Set([...a, ...b]).size;
        const { jaccard, contained } = overlapOf(sorted(first), sorted(second));
        expect(jaccard).toBe(all === 0 ? 1 : common / all);
        const least = Math.min(a.size, b.size);
        expect(contained).toBe(least > 0 ? common / least : Number(all === 0));
      }),
      { numRuns: 500 },
    );
  });
});

describe('any two texts', () => {
  it('have similarities from 0 to 1, alike in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (first, second) => {
        fc.pre(!isBlank(first) || !isBlank(second));
        const [there, back] = [await divergence(first, second), await divergence(second, first)];
        const [a, b] = [layerOf(there, 'lexical')?.metrics, layerOf(back, 'lexical')?.metrics];
        expect(a).toEqual(b);
        for (const value of Object.values(a ?? {})) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(layerOf(there, 'exact')?.say).toBe(layerOf(back, 'exact')?.say);
      }),
      { numRuns: 200 },
    );
  });

  it('are the same as themselves, and their tokens do not depend on the goes', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 9 }), async (text, chars) => {
        if (!isBlank(text)) expect((await divergence(text, text)).verdict).toBe('same');
        expect(equalTexts(text, text)).toBe(true);
        const tokenizer = new Tokenizer(text);
        while (tokenizer.step(chars));
        expect(tokenizer.tokens()).toEqual(toTokens(text));
      }),
      { numRuns: 300 },
    );
  });

  it('that are equal but for their white space are the same', () => {
    const words = fc.array(fc.stringMatching(/^[a-zé北😀]{1,5}$/u), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(words, fc.constantFrom('  ', '\n', '\t ', '\u00a0'), (all, blank) => {
        expect(equalTexts(all.join(' '), ` ${all.join(blank)}\n`)).toBe(true);
        expect(equalTexts(all.join(' '), `${all.join(blank)}x`)).toBe(false);
      }),
    );
  });
});

describe('what is held of a reply', () => {
  it('is its text, counted by code points', () => {
    const { hold } = createComparer({});
    fc.assert(
      fc.property(anyText, (text) => {
        const ended = { leg: 'legacy', status: 'fulfilled', value: text, durationMs: 1 } as const;
        const { text: held, chars, isCut } = hold(ended, { text }, undefined);
        expect({ held, chars, isCut }).toEqual({
          held: text,
          chars: [...text].length,
          isCut: false,
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('numbers', () => {
  const hashesOf = (text: string) => [...toTokens(text).hashes];

  it.each([
    ['1,234.50', '1234.5'],
    ['1.234,50', '1234.5'],
    ['007', '7'],
    ['2.0', '2'],
    ['1,500', '1500'],
    ['1.000.000', '1000000'],
    ['12,34,567', '1234567'],
    ['10 000', '10,000'],
    ['10\u00a0000,50', '10.000,50'],
    ["1'234.50", '1,234.50'],
    ['1’234’567', '1234567'],
    ['1\u202f234\u202f567,8', '1234567.8'],
    ['1,234.567', '1.234,567'],
    ['0.500', '0,5'],
    ['0.000', '0'],
    ['1e6', '1,000,000'],
    ['1.5E+6', '1500000'],
    ['1,5e3', '1.5e3'],
    ['1.234e3', '1234'],
    ['6.022e23', '602200000000000000000000'],
    ['25e-2', '0.25'],
    ['1.2e-3', '0.0012'],
    ['0e5', '0'],
    ['٥٠٠', '500'],
    ['۱٬۲۳۴٫۵۰', '1234.5'],
    ['५०७', '507'],
    ['৯', '9'],
    ['๑๒', '12'],
    ['１２３４', '1234'],
  ])('%s and %s are one', (first, second) => {
    expect(hashesOf(first)).toEqual(hashesOf(second));
  });

  it.each([
    ['12', '21'],
    ['1.5', '15'],
    ['10', '1'],
    ['0', '1'],
    ['0.05', '0.5'],
    ['10 000', '10 000 000'],
    ['1e6', '1e9'],
    ['1e-6', '1e6'],
    ['2e6', '1e6'],
    ['1e6', '1e6f'],
    ['1e', '1'],
    ['1e600', '1e6'],
    ['2024 500', '2024500'],
    ['030 123', '30123'],
    ['12 3456', '123456'],
    ['1,000 500', '1000500'],
    ['0.125', '125'],
    ['0,250', '250'],
    ['0.005', '5'],
    ['12345.678', '12345678'],
    ['1,234.567', '1234567'],
    ['٥٠٠', '٧٠٠'],
  ])('%s and %s are two', (first, second) => {
    expect(hashesOf(first)).not.toEqual(hashesOf(second));
  });

  it('of a list are none', () => {
    const plain = toTokens('one\ntwo\nthree\nfour');
    for (const list of [
      '1. one\n2) two\n- three\n3. four',
      '1、one\n2、two\n３．three\n4）four',
      '1. one\n   1. two\n   2. three\n2. four',
    ]) {
      expect(toTokens(list)).toEqual(plain);
    }
  });
});
