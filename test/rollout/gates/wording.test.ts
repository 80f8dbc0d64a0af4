import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../src/rollout/gates/pace.ts';
import { aboutNumber, aboutTime, inPoints } from '../../../src/rollout/gates/wording.ts';

describe('the words of a reading', () => {
  it.each([
    [0.004, '+0.4 pp'],
    [-0.0312, '-3.1 pp'],
    [0.0001, '0.0 pp'],
    [-0.0001, '0.0 pp'],
  ])('%f is %s', (difference, words) => {
    expect(inPoints(difference)).toBe(words);
  });

  it.each([
    [3, '3'],
    [99.2, '100'],
    [308, '310'],
    [1_001, '1100'],
  ])('%f is about %s', (count, words) => {
    expect(aboutNumber(count)).toBe(words);
  });

  it.each([
    [0, '1 s'],
    [89_000, '89 s'],
    [5_399_999, '90 min'],
    [10_800_000, '3 h'],
    [172_800_000, '2 days'],
  ])('%f ms are about %s', (ms, words) => {
    expect(aboutTime(ms)).toBe(words);
  });

  it('tells no time without a rate, nor for what never comes', () => {
    const pace = { since: 0, at: 3_600_000, count: 100 };
    expect(waitFor(310, 'pairs', pace)).toEqual({
      says: 'needs about 310 more pairs, about 3 h at this rate',
      etaMs: 11_160_000,
    });
    expect(waitFor(310, 'pairs', { ...pace, at: 0 })).toEqual({
      says: 'needs about 310 more pairs',
    });
    expect(waitFor(310, 'pairs', { ...pace, count: 0 })).not.toHaveProperty('etaMs');
    expect(waitFor(undefined, 'pairs', pace).says).toContain('cannot tell');
  });
});
