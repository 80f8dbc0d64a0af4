import { describe, expect, it } from 'vitest';
import { divergence, layerOf } from './comparing.ts';
import { defects, drawPair, inSameWords } from './planted-defects.ts';

const rounds = 50;

describe('a planted defect', () => {
  it.each(Object.entries(defects))(
    '%s is noticed by its layer every time',
    async (name, defect) => {
      for (let seed = 1; seed <= rounds; seed += 1) {
        const { facts, legacy, candidate } = drawPair(seed, inSameWords.has(name));
        const found = await divergence(legacy, defect.candidate(candidate, facts));
        expect(layerOf(found, defect.layer)?.notes, `seed ${seed}`).toContain(defect.note);
        if (defect.verdict !== 'any') expect(found.verdict, `seed ${seed}`).toBe(defect.verdict);
      }
    },
  );

  it('is noticed by a judge where only the meaning is wrong', async () => {
    const judge = ({ first }: { first: string }) =>
      first.includes('not ') ? ('second' as const) : ('first' as const);
    const found = await divergence('All taxes are included.', 'All taxes are not included.', {
      judge,
    });
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'judge' });
  });
});

describe('two equally noisy legs', () => {
  /** The share of pairs that may be called different or worse although nothing is wrong. */
  const mostFlagged = 0.05;

  it('are called different in no more than 5 % of 1,000 pairs', async () => {
    let flagged = 0;
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const { legacy, candidate } = drawPair(1_000 + seed, false);
      const { verdict } = await divergence(legacy, candidate);
      if (verdict === 'different' || verdict === 'worse') flagged += 1;
    }
    expect(flagged / 1_000).toBeLessThanOrEqual(mostFlagged);
  });

  it('and answers to other questions lie on both sides of the lexical threshold', async () => {
    const noisy: number[] = [];
    const other: number[] = [];
    const unrelated = [
      'To reset your password, open the settings, choose security and follow the link in the mail.',
      'Our offices stay closed over the holidays; the next course starts in spring and is held online.',
      'Mix flour with water, let the dough rest overnight and bake it at high heat until it is brown.',
    ];
    for (let seed = 1; seed <= 200; seed += 1) {
      const { legacy, candidate } = drawPair(seed, false);
      const similarity = async (text: string) => {
        const found = await divergence(legacy.text, text);
        return layerOf(found, 'lexical')?.metrics?.similarity ?? 1;
      };
      noisy.push(await similarity(candidate.text));
      other.push(await similarity(unrelated[seed % unrelated.length] as string));
    }
    expect(Math.min(...noisy)).toBeGreaterThan(0.38);
    expect(Math.max(...other)).toBeLessThan(0.2);
  });
});
