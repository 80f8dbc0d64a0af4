import { expect, it } from 'vitest';
import { stageNames } from '../../src/core/stage.ts';
import { defaultAnswer } from '../../src/flags/default-answer.ts';

it('a provider that has nothing to say hands back what it was asked with, whatever that is', () => {
  for (const stage of stageNames) {
    const answer = defaultAnswer(stage);
    expect(answer).toEqual({ value: stage, variant: stage, reason: 'DEFAULT' });
    expect(defaultAnswer(stage)).toBe(answer);
  }
  expect(defaultAnswer('other')).toEqual({ value: 'other', reason: 'DEFAULT' });
});
