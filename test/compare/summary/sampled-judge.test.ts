import type { PairRecord } from 'engramia-cutover/pairs';
import { summarize } from 'engramia-cutover/report';
import { describe, expect, it } from 'vitest';
import type { Judge } from '../../../src/core/contracts/compare-options.ts';
import { pairOf } from '../../pairs/pairs.ts';
import { divergence } from '../comparing.ts';

const answer = 'The parcel is at the depot in the harbour.';
const reworded = 'You may fetch yours from our place by the sea.';
const wrong = 'Ask again tomorrow, please.';

/** Asked about one in so many pairs; it knows the wrong reply. */
function sampling(every: number, note = 'judge-sampled'): Judge {
  let asked = 0;
  return ({ first, second }, { turn }) => {
    if (turn === 1) asked += 1;
    if (asked % every !== 0) return { note };
    return first === wrong ? 'second' : second === wrong ? 'first' : 'tie';
  };
}

async function pairsOf(judge: Judge, replies: readonly string[], count: number) {
  const pairs: PairRecord[] = [];
  for (let at = 0; at < count; at += 1) {
    const reply = replies[at % replies.length] ?? answer;
    const found = await divergence(answer, reply, { judge });
    pairs.push(pairOf({ requestId: `request-${at}`, divergence: found }));
  }
  return pairs;
}

const wrongOf = (pairs: readonly PairRecord[]) =>
  summarize(pairs).findings.find(({ kind }) => kind === 'wrong-answers');

describe('a judge that is asked about a share of the pairs', () => {
  it.each(['judge-sampled', 'judge-budget'])(
    'is not overruled by the wording of all others (%s)',
    async (note) => {
      const pairs = await pairsOf(sampling(5, note), [reworded], 200);
      expect(wrongOf(pairs)).toMatchObject({ raised: false, rate: { count: 0, of: 40 } });
      const report = summarize(pairs);
      expect(report.patterns).toEqual([]);
      expect(report.diagnoses).toEqual([]);
    },
  );

  it('finds the share of wrong answers that there is, whatever the share of equal ones', async () => {
    const replies = [
      answer,
      answer,
      answer,
      answer,
      answer,
      reworded,
      reworded,
      reworded,
      wrong,
      wrong,
    ];
    // Of five that differ two are wrong; four pairs that it passes over leave the order as it is.
    const rate = wrongOf(await pairsOf(sampling(4), replies, 1_000))?.rate;
    expect(rate).toEqual(expect.objectContaining({ count: 50, of: 250, share: 0.2 }));
    const all = wrongOf(await pairsOf(sampling(1), replies, 100))?.rate;
    expect(all).toMatchObject({ count: 20, of: 100 });
  });

  it('says nothing of wrong answers when it was asked about none', async () => {
    const pairs = await pairsOf(sampling(10_000), [reworded, answer], 100);
    expect(wrongOf(pairs)).toMatchObject({ raised: false, rate: { count: 0, of: 0 } });
    const equal = await pairsOf(sampling(10_000), [answer], 100);
    expect(wrongOf(equal)).toMatchObject({ raised: false, rate: { count: 0, of: 100 } });
  });

  it('that fails leaves it to the wording', async () => {
    const pairs = await pairsOf(sampling(10_000, 'judge-failed'), [reworded], 100);
    expect(wrongOf(pairs)).toMatchObject({ raised: true, rate: { count: 100, of: 100 } });
  });
});
