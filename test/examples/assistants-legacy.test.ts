import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { runExample } from './example-run.ts';

let staged: StagedPackage;

beforeAll(async () => {
  staged = await stagePackage();
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

it('the assistant answers and is learned from, and once switched off it is no way back', async () => {
  const { stdout, stderr } = await runExample(staged, 'assistants-legacy.ts', 20_000);
  expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
    lines: [
      "dualwrite: assistant to 1 message(s) [ 'look_up' ] { inputTokens: 20, outputTokens: 5 }",
      'learned: 1',
      'switched off: 410 The Assistants API was sunset.',
      'roll back: frozen',
      'still: candidate to ann: And of ticket 9?',
    ],
    stderr: '',
  });
});
