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
});
