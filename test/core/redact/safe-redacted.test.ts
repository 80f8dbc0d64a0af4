import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactPersonalData } from '../../../src/core/redact/redact.ts';
import { nearText, safeRedacted } from '../../../src/core/redact/safe-redacted.ts';
import { safeText, toStorable } from '../../../src/core/text/text.ts';

const keys = Array.from({ length: 400 }, (_, at) => `${at}f`.padEnd(64, 'a9'));

describe('a text that is cut before it is redacted', () => {
  it.each([
    ['blanks', ' '],
    ['commas, as in JSON on one line,', '","'],
  ])('keeps no part of a key that stands where it is cut, with %s between them', (_, between) => {
    // Wherever the cut falls in a key.
    for (let before = 0; before < 70; before += 1) {
      const text = `${'k'.repeat(before)}${between}${keys.join(between)}`;
      expect(safeRedacted(text, 2000, redactPersonalData)).not.toMatch(/[0-9a]{3}/);
    }
  });

  it('is as long as it may be, also without blanks', () => {
    expect(safeRedacted('很'.repeat(20_000), 2000, redactPersonalData)).toHaveLength(2000);
  });

  it('is what all of it would have been that could be kept', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'words of prose ',
        '4111 1111 1111 1111 ',
        'ana@example.com ',
        '😀😀 ',
        '很好 ',
      ),
      fc.integer({ min: 100, max: 4_000 }).map((length) => `${'k9'.repeat(length)} `),
    );
    const text = fc
      .array(piece, { minLength: 50, maxLength: 200 })
      .map((some) => some.join('').repeat(40));
    fc.assert(
      fc.property(text, fc.constantFrom(2_000, 8_000), (long, most) => {
        const all = safeText(redactPersonalData(toStorable(nearText(long, most))), most);
        expect(safeRedacted(long, most, redactPersonalData)).toBe(all);
      }),
      { numRuns: 30 },
    );
  });

  it('is redacted in so far as it is kept, and further where little is left of it', () => {
    const asked: number[] = [];
    const noting = (left: number) => (text: string) => {
      asked.push(text.length);
      return text.slice(0, left);
    };
    const prose = 'words of prose '.repeat(4_000);
    safeRedacted(prose, 8_000, noting(60_000));
    safeRedacted(prose, 8_000, noting(7_000));
    expect(asked.map((units) => Math.round(units / 1_000))).toEqual([16, 16, 33]);
  });
});
