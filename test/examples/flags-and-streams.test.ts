import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { runExample } from './example-run.ts';

let staged: StagedPackage;

beforeAll(async () => {
  staged = await stagePackage();
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

it('the streaming chat is answered by the candidate, and by legacy where that fails before its first chunk', async () => {
  const { stdout, stderr } = await runExample(staged, 'streaming-chat.ts', 15_000);
  expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
    lines: [
      'served by candidate first chunk before the end: true',
      '7 events: data: "candidate " data: "on: " data: "Build " data: "a " data: "CSV " data: "parser" data: [DONE]',
      'fell back: error Error',
      'served by legacy first chunk before the end: true',
      '9 events: data: "legacy " data: "on: " data: "Write " data: "a " data: "JSON " data: "parser " data: "by " data: "hand" data: [DONE]',
      'learned: Build a CSV parser → candidate on: Build a CSV parser',
      'learned: Write a JSON parser by hand → legacy on: Write a JSON parser by hand',
    ],
    stderr: '',
  });
});

it('a tenant is moved in an OpenFeature provider, and the others stay where they are', async () => {
  const { stdout, stderr } = await runExample(staged, 'openfeature.ts', 15_000);
  expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
    lines: [
      'acme dualwrite flag → legacy: Build a CSV parser',
      'globex off flag → legacy: Build a CSV parser',
      'acme live flag → candidate: Build a CSV parser',
      'globex off flag → legacy: Build a CSV parser',
    ],
    stderr: '',
  });
});

it('a migration flag of LaunchDarkly moves a tenant from stage to stage and back', async () => {
  const { stdout, stderr } = await runExample(staged, 'launchdarkly.ts', 15_000);
  expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
    lines: [
      'acme off → legacy: Build a CSV parser',
      'acme live → candidate: Build a CSV parser',
      'acme complete → candidate: Build a CSV parser',
      'acme off → legacy: Build a CSV parser',
      'globex off → legacy: Build a CSV parser',
    ],
    stderr: '',
  });
});
