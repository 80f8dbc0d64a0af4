import { calibrate, type JudgeQuestion } from 'engramia-cutover/openai';
import { referenceJudge } from 'engramia-cutover/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askBothOrders } from '../../src/compare/judging/ask-both-orders.ts';
import { divergence } from '../compare/comparing.ts';
import { labelledPairs } from './labelled-pairs.ts';

const { signal } = new AbortController();
const task = 'Tell Bob that Alice pays 500 EUR within 14 days.';
const good = 'Bob, here is the news: Alice pays 500 EUR within 14 days.';

const ask = (first: string, second: string, about = task) =>
  referenceJudge()({ task: about, first, second }, { signal });

describe('the reference judge', () => {
  it.each([
    ['another number', 'Bob, here is the news: Alice pays 700 EUR within 14 days.'],
    ['another name', 'Bob, here is the news: Elena pays 500 EUR within 14 days.'],
    ['names that changed places', 'Tell Alice that Bob pays 500 EUR within 14 days.'],
    ['a refusal', "I'm sorry, but I can't help with that."],
    ['nothing', ' '],
    ['something else', 'It will be sunny tomorrow, with some wind from noon on.'],
  ])('finds %s worse, whichever comes first', (_, bad) => {
    expect(ask(good, bad)).toBe('first');
    expect(ask(bad, good)).toBe('second');
  });

  it.each([
    ['the same words', good, good],
    ['the same facts', good, 'Dear Bob, within 14 days Alice pays 500 EUR.'],
    ['nothing twice', '', ' '],
  ])('finds a tie in %s', (_, first, second) => {
    expect(ask(first, second)).toBe('tie');
  });

  it('never changes its mind with the order, nor from one time to the next', async () => {
    const property = fc.asyncProperty(
      fc.record({ task: fc.string(), legacy: fc.string(), candidate: fc.string() }),
      async (pair) => {
        const ruling = await askBothOrders(referenceJudge(), pair, { signal });
        expect(ruling).toMatchObject({ flipped: false });
        expect(await askBothOrders(referenceJudge(), pair, { signal })).toEqual(ruling);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  it('can be the judge of a comparison, as advice', async () => {
    const judge = (question: JudgeQuestion) => referenceJudge()({ ...question, task }, { signal });
    const bad = 'Bob, here is the news: Alice pays 700 EUR within 14 days.';
    const found = await divergence(good, bad, { judge });
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'judge', advisory: true });
  });

  it('calibrated on 480 labelled pairs, finds most defects and few that are none', async () => {
    const judge = referenceJudge();
    const calibration = await calibrate(labelledPairs(11, 20), { judge });
    const { sensitivity, specificity, n, unanswered } = calibration;
    const shown = ({ right, of, rate = Number.NaN, low, high }: typeof sensitivity) =>
      `${right} of ${of} (${rate.toFixed(3)}, ${low.toFixed(3)} to ${high.toFixed(3)})`;
    process.stdout.write(
      `reference judge: sensitivity ${shown(sensitivity)}, specificity ${shown(specificity)}\n`,
    );
    expect({ n, unanswered, of: sensitivity.of }).toEqual({ n: 480, unanswered: 0, of: 160 });
    expect(sensitivity.low).toBeGreaterThan(0.75);
    expect(specificity.low).toBeGreaterThan(0.85);
    expect(judge.calibration).toBe(calibration);
  });
});
