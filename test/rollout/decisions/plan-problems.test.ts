import { describe, expect, it } from 'vitest';
import type { Judge, JudgeCalibration } from '../../../src/core/contracts/compare-options.ts';
import { planProblems } from '../../../src/rollout/decisions/plan-problems.ts';
import { coverage } from '../../../src/rollout/gates/coverage.ts';
import { servedErrors } from '../../../src/rollout/gates/served-errors.ts';
import { wrongAnswers } from '../../../src/rollout/gates/wrong-answers.ts';

const offer = { hasLegacyShadow: true, noiseShare: 0.1 };
const sound = [wrongAnswers(), coverage(), servedErrors()];
const live = { source: 'live-pairs' } as const;

function judge(n: number): Judge {
  const share = (right: number) => ({ right, of: n / 2, rate: right / (n / 2), low: 0, high: 1 });
  const shares = { sensitivity: share(n * 0.45), specificity: share(n * 0.45) };
  const calibration: JudgeCalibration = { fingerprint: 'f', at: 0, n, unanswered: 0, ...shares };
  return Object.assign(() => ({ preference: 'tie' as const }), { calibration }) as unknown as Judge;
}

describe('what cannot work in a plan', () => {
  it('is nothing where pairs see the ramp rise and what is served its end', () => {
    expect(planProblems({ gates: sound }, offer)).toEqual([]);
    expect(planProblems({}, { hasLegacyShadow: false })).toEqual([]);
  });

  it.each<[string, Parameters<typeof planProblems>[0], Partial<typeof offer> & { judge?: Judge }]>([
    [
      'wrong-answers-live looks at live pairs, and routes have no legacyShadow',
      { gates: [...sound, wrongAnswers(live), coverage(live)] },
      { hasLegacyShadow: false },
    ],
    [
      'wrong-answers looks at pairs of tenants that legacy serves, and at 100 percent there are none: set upTo',
      { gates: [wrongAnswers({ upTo: 100 }), coverage(), servedErrors()] },
      {},
    ],
    [
      'wrong-answers looks at pairs, and tenants in the stage dualwrite are not compared',
      { from: 'dualwrite', gates: sound },
      {},
    ],
    ['wrong-answers is asked at no step', { steps: [{ percent: 100 }], gates: sound }, {}],
    [
      'wrong-answers takes noise out, and there is none: set sample.noise',
      { gates: [wrongAnswers({ overNoise: true }), coverage(), servedErrors()] },
      { noiseShare: 0 },
    ],
    [
      'wrong-answers goes by a judge that is not calibrated: it needs 100 labelled pairs or more, and to be better than chance beyond doubt',
      { gates: sound },
      { judge: judge(98) },
    ],
    [
      'wrong-answers looks at pairs, and no coverage() says whether enough of them are there',
      { gates: [wrongAnswers(), servedErrors()] },
      {},
    ],
    [
      'no guardrail can fail at 100 percent live: add servedErrors()',
      { gates: [wrongAnswers(), coverage(), servedErrors({ dryRun: true })] },
      {},
    ],
  ])('%s', (problem, plan, has) => {
    expect(planProblems(plan, { ...offer, ...has })).toContain(problem);
  });

  it('is not a judge that was calibrated', () => {
    expect(planProblems({ gates: sound }, { ...offer, judge: judge(100) })).toEqual([]);
  });
});
