import { describe, expect, it } from 'vitest';
import type { LearnPolicy } from '../../src/core/exchange.ts';
import { RunIds } from '../../src/shadow/run-ids.ts';

/** Run ids of policies that redact, and which of them were made safe, in order. */
function setUp() {
  const ids = new RunIds();
  const made: string[] = [];
  const redact = (text: string): string => text;
  const safe = (raw: string, by: LearnPolicy['redact'] = redact): string =>
    ids.safe(raw, { redact: by } as LearnPolicy, (text) => {
      made.push(text);
      return `safe ${text}`;
    });
  return { made, safe };
}

describe('a run id', () => {
  it('is made safe once', () => {
    const { made, safe } = setUp();
    expect([safe('a'), safe('b'), safe('a')]).toEqual(['safe a', 'safe b', 'safe a']);
    expect(made).toEqual(['a', 'b']);
  });

  it('is made safe again when it is redacted otherwise', () => {
    const { made, safe } = setUp();
    const other = (text: string): string => text.toUpperCase();
    safe('a');
    safe('a', other);
    safe('a', other);
    safe('a');
    expect(made).toEqual(['a', 'a', 'a']);
  });

  it('is remembered up to 256 characters', () => {
    const { made, safe } = setUp();
    const [short, long] = ['x'.repeat(256), 'x'.repeat(257)];
    for (const raw of [short, long, short, long]) expect(safe(raw)).toBe(`safe ${raw}`);
    expect(made).toEqual([short, long, long]);
  });

  it('is forgotten with all others when there are 4,096', () => {
    const { made, safe } = setUp();
    for (let index = 0; index < 4_096; index += 1) safe(`run ${index}`);
    made.length = 0;
    safe('one more');
    safe('run 4095');
    safe('one more');
    expect(made).toEqual(['one more', 'run 4095']);
  });
});
