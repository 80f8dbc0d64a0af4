import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Judge,
  JudgeAnswer,
  JudgeCalibration,
  JudgeInit,
  JudgeQuestion,
} from '../../src/core/contracts/compare-options.ts';
import { compared, divergence, layerOf } from './comparing.ts';

const [legacy, candidate] = ['Sunny all day', 'Rain from noon on'];

const share = (right: number, of: number) => ({ right, of, rate: right / of, low: 0, high: 1 });

const calibrated = (right: number, of: number): JudgeCalibration => ({
  fingerprint: 'mine',
  at: 0,
  n: 2 * of,
  unanswered: 0,
  sensitivity: share(right, of),
  specificity: share(right, of),
});

/** A judge that likes one text best. */
const preferring = (text: string, calibration?: JudgeCalibration): Judge =>
  Object.assign(({ first }: JudgeQuestion): JudgeAnswer => (first === text ? 'first' : 'second'), {
    calibration,
  });

describe('a judge that was calibrated on 100 pairs', () => {
  it('decides without being only advice', async () => {
    const found = await divergence(legacy, candidate, {
      judge: preferring(legacy, calibrated(45, 50)),
    });
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'judge' });
    expect(found).not.toHaveProperty('advisory');
    expect(found.notes).toContain('judge-legacy');
    expect(found.notes).not.toContain('judge-advisory');
  });
});

describe('a judge is only advice', () => {
  it.each([
    ['without a calibration', undefined],
    ['calibrated on fewer than 100 pairs', calibrated(45, 49)],
    ['that is no better than chance', calibrated(25, 50)],
    ['that is better than chance by no more than chance', calibrated(28, 50)],
    [
      'that was never seen with a worse candidate',
      { ...calibrated(50, 50), sensitivity: { right: 0, of: 0, low: 0, high: 1 } },
    ],
  ])('%s', async (_, calibration) => {
    const found = await divergence(legacy, candidate, { judge: preferring(legacy, calibration) });
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'judge', advisory: true });
    expect(found.notes).toContain('judge-advisory');
    expect(layerOf(found, 'judge')).toMatchObject({ advisory: true });
  });

  it('also where it lets pass what a layer before it has found', async () => {
    const found = await divergence(legacy, candidate, { judge: preferring(candidate) });
    expect(found).toMatchObject({ verdict: 'similar', advisory: true });
  });

  it('but a verdict that stands without it is not', async () => {
    const refusal = 'I cannot help with that, I am sorry to say';
    const found = await divergence(legacy, refusal, { judge: preferring(refusal) });
    expect(found).toMatchObject({ verdict: 'worse', decidedBy: 'refusal' });
    expect(found).not.toHaveProperty('advisory');
    expect(found.notes).toContain('judge-advisory');
  });
});

describe('a judge without a verdict', () => {
  it.each([
    [{ note: 'judge-budget' }, 'judge-budget'],
    [{ note: 'the key is sk-1234' }, undefined],
    [{ note: 7 }, 'judge-unreadable'],
    [{}, 'judge-unreadable'],
    [null, 'judge-unreadable'],
  ])('that says %o is noted as %s and decides nothing', async (silence, note) => {
    const found = await divergence(legacy, candidate, { judge: () => silence as never });
    expect(found).toMatchObject({ verdict: 'different', decidedBy: 'lexical' });
    expect(layerOf(found, 'judge')?.notes).toEqual(note && [note]);
    expect(found).not.toHaveProperty('advisory');
  });

  it('the second time has none at all', async () => {
    const asked: JudgeInit['turn'][] = [];
    const judge: Judge = (_, { turn }) => {
      asked.push(turn);
      return turn === 1 ? 'first' : { note: 'judge-late' };
    };
    const found = await divergence(legacy, candidate, { judge });
    expect(asked).toEqual([1, 2]);
    expect(layerOf(found, 'judge')).toMatchObject({ say: 'none', notes: ['judge-late'] });
  });

  it('the first time is not asked again', async () => {
    let asked = 0;
    const judge: Judge = () => {
      asked += 1;
      return { note: 'judge-sampled' };
    };
    await divergence(legacy, candidate, { judge });
    expect(asked).toBe(1);
  });
});

describe('what a judge is asked', () => {
  it('is the same, word by word, whichever leg wrote which text', async () => {
    const questionsOf = async (one: string, other: string) => {
      const questions: unknown[] = [];
      const judge: Judge = (question, { turn, always }) => {
        questions.push({ ...question, turn, always });
        return 'tie';
      };
      await compared(one, other, { judge, without: ['exact'] });
      return questions;
    };
    const property = fc.asyncProperty(fc.string(), fc.string(), async (one, other) => {
      expect(await questionsOf(one, other)).toEqual(await questionsOf(other, one));
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('gives the opposite say when the legs change places', async () => {
    const property = fc.asyncProperty(fc.string(), fc.string(), async (one, other) => {
      fc.pre(one.trim() !== other.trim());
      const judge = preferring(one);
      const notes = async (a: string, b: string) =>
        layerOf(await divergence(a, b, { judge, without: ['exact'] }), 'judge')?.notes?.[0];
      expect(await notes(one, other)).toBe('judge-legacy');
      expect(await notes(other, one)).toBe('judge-candidate');
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
