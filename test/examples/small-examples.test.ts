import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';
import { runExample } from './example-run.ts';

let staged: StagedPackage;

beforeAll(async () => {
  staged = await stagePackage();
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

describe('the small examples', () => {
  it('the Express app answers by its existing handler and teaches the tenant’s memory', async () => {
    const { stdout, stderr } = await runExample(staged, 'express-app.ts', 15_000);
    expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
      lines: [
        'answered: 200 {"reply":"legacy: Build a CSV parser"}',
        'learned: 1',
        'pattern: Build a CSV parser → legacy: Build a CSV parser',
      ],
      stderr: '',
    });
  });

  it.each([
    ['Fastify', 'fastify-app.ts'],
    ['Hono', 'fetch-hono.ts'],
  ])(
    'the %s app turns strangers away, answers by its existing handler and teaches the tenant’s memory',
    async (_framework, file) => {
      const { stdout, stderr } = await runExample(staged, file, 15_000);
      expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
        lines: [
          'answered: 401 Who are you?',
          'answered: 200 {"reply":"legacy: Build a CSV parser"}',
          'learned: 1',
          'pattern: Build a CSV parser → legacy: Build a CSV parser',
        ],
        stderr: '',
      });
    },
  );

  it('the plain function is answered by the leg of its stage, and by legacy once killed', async () => {
    const { stdout, stderr } = await runExample(staged, 'plain-function.ts', 15_000);
    expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
      lines: [
        'dualwrite: legacy to ann: Build a CSV parser',
        'shadow: legacy to ann: Parse this CSV file with quoted fields',
        'compared: legacy 53 candidate 56',
        'live: candidate to bob: Write a JSON parser by hand',
        'killed: legacy to bob: Write a JSON parser by hand',
        'served: { legacy: 3, candidate: 1 } offered to be learned: 3',
        'patterns: 3',
      ],
      stderr: '',
    });
  });

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

  it('the ramp climbs by its gates, rolls back by itself, and climbs again once a person has resumed it', async () => {
    const { stdout, stderr } = await runExample(staged, 'rollout.ts', 30_000);
    expect({ lines: stdout.trimEnd().split(/ *\n/), stderr }).toEqual({
      lines: [
        '1: 0 %, ramping, by system',
        '2: 25 %, ramping, by system',
        '3: 50 %, ramping, by system',
        '4: 50 %, awaiting-approval, by system every gate passes',
        '5: 0 %, latched, by system wrong-answers says fail',
        '6: 0 %, ramping, by Ada',
        '7: 25 %, ramping, by system',
        '8: 50 %, ramping, by system',
        '9: 50 %, awaiting-approval, by system every gate passes',
        '10: 100 %, ramping, by Ada',
        '14 entries in one chain, vouched for up to 13.',
      ],
      stderr: '',
    });
  });
});
