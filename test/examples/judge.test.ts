import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { runExample } from './example-run.ts';

let staged: StagedPackage;

beforeAll(async () => {
  staged = await stagePackage();
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

it('the judge is calibrated on labelled pairs and then finds the candidate worse, as more than advice', async () => {
  const { stdout, stderr } = await runExample(staged, 'judge.ts', 20_000);
  expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
    lines: [
      'calibrated on 120 sensitivity 0.8 specificity 1',
      'answered: What is 5 and 7? I get 12, since 5 and 7 are 12.',
      'compared: worse by judge',
      'only advice: false',
      'questions: 242 answered: 242',
    ],
    stderr: '',
  });
});
