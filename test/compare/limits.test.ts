import { describe, expect, it } from 'vitest';
import { divergence, layerOf } from './comparing.ts';

/** Words of so many characters in all. */
const chars = (count: number): string =>
  'lorem ipsum dolor '
    .repeat(20)
    .slice(0, count - 1)
    .concat('.');

describe('a difference counts from its limit on', () => {
  it.each([
    [250, 500, true],
    [249, 498, false],
    [1_000, 2_000, true],
    [1_000, 1_999, false],
  ])('of durations: %d ms, then %d', async (before, now, isSlower) => {
    const found = await divergence(
      { text: 'Yes.', durationMs: before },
      { text: 'No.', durationMs: now },
    );
    expect(layerOf(found, 'duration')?.notes?.includes('slower') ?? false).toBe(isSlower);
  });

  it.each([
    [60, 120, 'longer'],
    [61, 121, 'none'],
    [59, 119, 'none'],
    [120, 60, 'shorter'],
    [121, 61, 'none'],
    [119, 59, 'none'],
  ])('of lengths: %d characters, then %d', async (before, now, note) => {
    const found = await divergence(chars(before), chars(now));
    const notes = layerOf(found, 'length')?.notes ?? [];
    expect(notes.find((one) => one === 'longer' || one === 'shorter') ?? 'none').toBe(note);
  });

  it('of ends: a line of a list is whole as it is, though it is long', async () => {
    const item = '- pears that were grown in the south of the country, and not far from the sea';
    const whole = `${chars(120)}\nThat is all.`;
    const noted = async (candidate: string) =>
      layerOf(await divergence(whole, candidate), 'length')?.notes ?? [];
    expect(await noted(`${chars(120)}\n${item}`)).not.toContain('truncated');
    expect(await noted(`${chars(120)}\n${item.slice(2)}`)).toContain('truncated');
  });
});
