import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExample } from '../examples/example-run.ts';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';

let staged: StagedPackage;

beforeAll(async () => {
  staged = await stagePackage();
}, 60_000);

afterAll(() => staged[Symbol.dispose]());

describe('the example', () => {
  it('turns strangers away, answers by its existing handler and teaches the tenant’s memory', async () => {
    const { stdout, stderr } = await runExample(staged, 'fetch-hono.ts', 15_000);
    expect({ lines: stdout.trimEnd().split('\n'), stderr }).toEqual({
      lines: [
        'answered: 401 Who are you?',
        'answered: 200 {"reply":"legacy: Build a CSV parser"}',
        'learned: 1',
        'pattern: Build a CSV parser → legacy: Build a CSV parser',
      ],
      stderr: '',
    });
  });
});
