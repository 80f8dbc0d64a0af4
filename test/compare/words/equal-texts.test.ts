import type { PairRecord } from 'engramia-cutover/pairs';
import { summarize } from 'engramia-cutover/report';
import { describe, expect, it } from 'vitest';
import type { CompareOptions } from '../../../src/core/contracts/compare-options.ts';
import { pairOf } from '../../pairs/pairs.ts';
import { divergence, layerOf } from '../comparing.ts';

const answer = 'The parcel is at the depot in the harbour.';
const reworded = 'You may fetch your parcel from our depot.';
const strayed = 'Ask again tomorrow, please.';

/** A repeated answer lies at 1, a reworded one at 0.85, one that strayed at 0.3. */
const cosines: Readonly<Record<string, number>> = { [answer]: 1, [reworded]: 0.85, [strayed]: 0.3 };
const services: CompareOptions = {
  embed: async (texts) =>
    texts.map((text) => {
      const cosine = cosines[text] ?? Number.NaN;
      return [cosine, Math.sqrt(1 - cosine ** 2)];
    }),
  judge: ({ first, second }) =>
    first === strayed ? 'second' : second === strayed ? 'first' : 'tie',
};

/** Pairs of one kind that the comparison has looked at: some replies are reworded or strayed, the others the same again. */
function pairsOf(
  kind: PairRecord['kind'],
  replies: readonly (readonly [reply: string, count: number])[],
  options: CompareOptions = services,
): Promise<PairRecord[]> {
  return Promise.all(
    replies.flatMap(([reply, count]) =>
      Array.from({ length: count }, async () =>
        pairOf({ kind, divergence: await divergence(answer, reply, options) }),
      ),
    ),
  );
}

describe('layers that read texts', () => {
  it('are told of equal ones like of others, with what they would have found', async () => {
    const equal = await divergence(answer, answer, services);
    const others = await divergence(answer, reworded, services);
    const names = ({ layers }: typeof equal) => layers.map(({ layer }) => layer);
    expect(names(equal)).toEqual(names(others));
    expect(equal).toMatchObject({ verdict: 'same', decidedBy: 'exact', notes: [] });
    expect(layerOf(equal, 'lexical')).toMatchObject({ say: 'same', metrics: { similarity: 1 } });
    expect(layerOf(equal, 'embedding')).toMatchObject({ say: 'same', metrics: { cosine: 1 } });
    expect(layerOf(equal, 'judge')).toEqual({ layer: 'judge', say: 'same', ms: 0 });
  });

  it('decide nothing that they were not asked about', async () => {
    const own = { name: 'own', overrules: ['exact'], look: () => ({ say: 'same' }) as const };
    const found = await divergence(answer, answer, { ...services, layers: [own] });
    expect(found).toMatchObject({ verdict: 'same', decidedBy: 'own' });
  });

  it('do not hide that equal texts came with other tools', async () => {
    const found = await divergence(
      { text: answer, toolCalls: [{ name: 'look_up', arguments: {} }] },
      { text: answer, toolCalls: [] },
    );
    expect(found).toMatchObject({ verdict: 'different', decidedBy: 'tools' });
  });
});

describe('noise of a legacy that mostly repeats itself', () => {
  it('counts what it repeats: a candidate that rewords all is not nearer to legacy than legacy is', async () => {
    const { excess, noise } = summarize([
      ...(await pairsOf('compare', [[reworded, 100]])),
      ...(await pairsOf('noise', [
        [answer, 90],
        [strayed, 10],
      ])),
    ]);
    expect(noise.meaning).toMatchObject({ count: 100, p50: 1 });
    expect(excess?.meaning.p50?.high).toBeLessThan(-0.1);
    expect(excess?.similarity.p50?.high).toBeLessThan(-0.1);
  });

  it('counts what a judge need not be asked: a candidate that strays more often is worse, and not better', async () => {
    const { excess, noise } = summarize([
      ...(await pairsOf('compare', [
        [reworded, 70],
        [strayed, 30],
      ])),
      ...(await pairsOf('noise', [
        [answer, 95],
        [strayed, 5],
      ])),
    ]);
    expect(noise.layers.judge?.worse).toMatchObject({ count: 5, of: 100 });
    expect(excess?.layers.judge?.worse.low).toBeGreaterThan(0.05);
    expect(excess?.layers.judge?.worse).not.toHaveProperty('few');
  });

  it('is known of every layer, also where no two replies differ', async () => {
    const { excess } = summarize([
      ...(await pairsOf('compare', [[reworded, 40]])),
      ...(await pairsOf('noise', [[answer, 40]])),
    ]);
    expect(excess?.meaning.few).toBeUndefined();
    expect(excess?.layers.embedding?.similar).toMatchObject({ share: 1 });
    expect(excess?.layers.embedding?.similar).not.toHaveProperty('few');
  });
});

describe('the likeness of wording', () => {
  it('is not told where its layer was left out, not even of equal texts', async () => {
    const pairs = await pairsOf(
      'compare',
      [
        [answer, 10],
        [strayed, 10],
      ],
      { without: ['lexical'] },
    );
    expect(summarize(pairs).similarity).toEqual({ count: 0 });
  });
});
