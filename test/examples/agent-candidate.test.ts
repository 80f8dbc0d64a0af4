import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { runExample } from './example-run.ts';

let staged: StagedPackage;

beforeAll(async () => {
  staged = await stagePackage();
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

it('the agent calls its tool in the shadow without filing a ticket, and files one when it serves', async () => {
  const { stdout, stderr } = await runExample(staged, 'agent-candidate.ts', 20_000);
  expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
    lines: [
      'dualwrite: legacy to ann: I want my money back',
      'shadow: legacy to ann: I want my money back, please',
      "compared: candidate fulfilled [ 'file_ticket' ] tickets: 0",
      'live: candidate, with 2 patterns tickets: 1',
    ],
    stderr: '',
  });
});
