import { describe, expect, it } from 'vitest';
import { redactPersonalData } from '../../../src/core/redact/redact.ts';
import { safeRedacted } from '../../../src/core/redact/safe-redacted.ts';

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
});
