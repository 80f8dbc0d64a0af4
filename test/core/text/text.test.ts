import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codePointLength,
  flatCopy,
  isBlank,
  keyCopy,
  roughCut,
  safeText,
  utf8Bytes,
} from '../../../src/core/text/text.ts';

const longRun = /[A-Za-z0-9._%+-]{501}/;
const points = (text: string): number => Array.from(text).length;

/** Texts of code units as they come: halves of pairs, NUL, runs around the limit, white space. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\0', '\ud83d', '\ude00', '🦊', ' ', '\n', '世界', 'é', '\ufeff', '('),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc
        .tuple(fc.constantFrom('x', '9', '.', '%', '+', '-', '_', 'aB3'), fc.nat(700))
        .map(([unit, times]) => unit.repeat(times)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const anyLimit = fc.oneof(fc.nat(30), fc.nat(3000));

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** What keeping the results of 200 texts of 0.75 MB each costs, in bytes. */
function heapKeptBy(make: (big: string) => string): number {
  const before = heapUsed();
  const kept: string[] = [];
  for (let i = 0; i < 200; i += 1) {
    kept.push(make(Buffer.alloc(786_432, `reply ${i} in words, `).toString('latin1')));
  }
  const grown = heapUsed() - before;
  expect(kept).toHaveLength(200);
  return grown;
}

describe('safeText', () => {
  it.each([
    ['keeps what needs nothing', 'Build a CSV parser', 100, 'Build a CSV parser'],
    ['replaces half a pair', 'a\ud83db', 10, 'a\ufffdb'],
    ['takes NUL out', 'a\0b\0', 10, 'ab'],
    ['makes no pair of two halves around a NUL', '\ud83d\0\ude00', 10, '\ufffd\ufffd'],
    ['never splits a pair', '🦊🦊🦊', 2, '🦊🦊'],
    ['cuts to nothing at a limit of none', 'text', 0, ''],
    ['counts code points after NULs are gone', '\0\0\0abc', 3, 'abc'],
    ['keeps a run of 500', 'x'.repeat(500), 9000, 'x'.repeat(500)],
    ['cuts a run of 501', 'x'.repeat(501), 9000, 'x'.repeat(500)],
    ['cuts a run that a NUL hid', `${'x'.repeat(300)}\0${'x'.repeat(300)}`, 9000, 'x'.repeat(500)],
    [
      'cuts each run by itself',
      `${'-'.repeat(999)} ${'%'.repeat(1200)}!`,
      9000,
      `${'-'.repeat(500)} ${'%'.repeat(500)}!`,
    ],
    ['keeps long runs of other characters', '世'.repeat(2000), 9000, '世'.repeat(2000)],
    ['keeps a byte order mark', `\ufeff${'word '.repeat(10)}`, 100, `\ufeff${'word '.repeat(10)}`],
  ])('%s', (_what, text, limit, expected) => {
    expect(safeText(text, limit)).toBe(expected);
  });

  it('passes 10,000 foxes and cuts the one after', () => {
    expect(safeText('🦊'.repeat(10_000), 10_000)).toBe('🦊'.repeat(10_000));
    expect(safeText('🦊'.repeat(10_001), 10_000)).toBe('🦊'.repeat(10_000));
  });

  it('cuts a run of 501 wherever it begins', () => {
    for (let lead = 0; lead <= 1001; lead += 1) {
      const text = `${'('.repeat(lead)}${'x'.repeat(501)}(`;
      expect(safeText(text, 9000)).toBe(`${'('.repeat(lead)}${'x'.repeat(500)}(`);
    }
  });

  it('gives well-formed text without NUL and long runs, within the limit', () => {
    fc.assert(
      fc.property(anyText, anyLimit, (text, limit) => {
        const safe = safeText(text, limit);
        expect(safe.isWellFormed()).toBe(true);
        expect(safe).not.toContain('\0');
        expect(safe).not.toMatch(longRun);
        expect(points(safe)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('gives the first code points where nothing has to be taken out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), anyLimit, (text, limit) => {
        fc.pre(text.isWellFormed() && !text.includes('\0') && !longRun.test(text));
        expect(safeText(text, limit)).toBe(Array.from(text).slice(0, limit).join(''));
      }),
    );
  });

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(anyText, anyLimit, (text, limit) => {
        const safe = safeText(text, limit);
        expect(safeText(safe, limit)).toBe(safe);
      }),
    );
  });

  it('keeps nothing of the long texts that it cuts', () => {
    const megabyte = 1024 * 1024;
    expect(heapKeptBy((big) => safeText(big, 8000))).toBeLessThan(10 * megabyte);
    expect(heapKeptBy((big) => big.slice(0, 8000))).toBeGreaterThan(100 * megabyte);
  });

  it('keeps nothing of a long text that it is given a part of', () => {
    expect(heapKeptBy((big) => safeText(big.slice(100, 1100), 8000))).toBeLessThan(
      10 * 1024 * 1024,
    );
  });
});

describe('roughCut', () => {
  it('returns what is not far too long as it is', () => {
    expect(roughCut('x'.repeat(400), 100)).toBe('x'.repeat(400));
  });

  it('cuts to four code units a code point, and never through a pair', () => {
    expect(roughCut('x'.repeat(401), 100)).toBe('x'.repeat(400));
    expect(roughCut(`x${'🦊'.repeat(300)}`, 100)).toBe(`x${'🦊'.repeat(199)}`);
    expect(roughCut('abc', 0)).toBe('');
  });

  it('leaves halves of pairs for the next step', () => {
    expect(roughCut(`\ud83d${'x'.repeat(500)}`, 100)).toBe(`\ud83d${'x'.repeat(399)}`);
  });

  it('keeps nothing of what it cut off', () => {
    expect(heapKeptBy((big) => roughCut(big, 2000))).toBeLessThan(10 * 1024 * 1024);
  });
});

describe('codePointLength', () => {
  it('counts code points, no further than the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(150), (text, limit) => {
        expect(codePointLength(text, limit)).toBe(Math.min(points(text), limit));
      }),
    );
  });

  it('counts half a pair as one', () => {
    expect(codePointLength('\ud83d🦊\ude00', 10)).toBe(3);
  });
});

describe('isBlank', () => {
  it.each(['', ' ', '\t\r\n', '\0', '\u00a0\u3000', '\u001c\u0085', '\ufeff'])(
    'sees %j as blank',
    (text) => {
      expect(isBlank(text)).toBe(true);
    },
  );

  it.each(['a', ' . ', '世', '🦊', '\ud83d'])('sees %j as not blank', (text) => {
    expect(isBlank(text)).toBe(false);
  });
});

describe('utf8Bytes', () => {
  it('counts the bytes that are sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });
});

describe('flatCopy', () => {
  it('is the same text, whatever it holds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(flatCopy(text)).toBe(text);
      }),
    );
  });

  it('holds no more than its own characters', () => {
    expect(heapKeptBy((big) => flatCopy(big.slice(0, 8000)))).toBeLessThan(10 * 1024 * 1024);
  });
});

describe('keyCopy', () => {
  it('is the same text, whatever it holds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(keyCopy(text)).toBe(text);
      }),
    );
  });
});
