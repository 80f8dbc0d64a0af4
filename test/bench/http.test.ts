import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addedBy, type Measure } from '../../bench/http/added.ts';
import type { Block } from '../../bench/http/block.ts';
import type { Rounds } from '../../bench/http/rounds.ts';
import { isMet, requestVerdicts } from '../../bench/http/verdict.ts';
import { exampleArguments } from '../examples/example-run.ts';
import { type StagedPackage, stagePackage } from '../package/staged-package.ts';

/** Blocks with the same number for everything. */
const blocks = (...values: readonly number[]): Block[] =>
  values.map((value) => ({ cpuMicros: value, p50Ms: value, p99Ms: value, waits: [value] }));

describe('what a server adds', () => {
  const rounds: Rounds = {
    bare: blocks(10, 20, 30),
    twin: blocks(11, 18, 30),
    shadow: blocks(12, 22, 33),
    launchDarkly: blocks(30, 40, 50),
  };

  test('is the median of the differences within the rounds, its spread their size', () => {
    expect(addedBy(rounds, 'shadow', 'cpuMicros')).toEqual({ median: 2, spread: 3 });
    expect(addedBy(rounds, 'twin', 'p50Ms')).toEqual({ median: 0, spread: 2 });
  });

  const limitOf = (measure: Measure, over: Partial<Rounds> = {}): number | undefined => {
    const names = { cpuMicros: 'CPU', p50Ms: 'p50', p99Ms: 'p99' };
    const verdicts = requestVerdicts('Express 5', { ...rounds, ...over });
    return verdicts.find(({ what }) => what.includes('shadow') && what.endsWith(names[measure]))
      ?.limit;
  };

  test('may be a fifth of what LaunchDarkly adds in CPU where that is more than the noise, and nothing else may', () => {
    expect(limitOf('cpuMicros')).toBe(4);
    expect(limitOf('cpuMicros', { launchDarkly: blocks(11, 21, 31) })).toBe(2);
    expect(limitOf('p50Ms')).toBe(2);
  });

  test('may be a millisecond at p99 however quiet the machine is', () => {
    expect(limitOf('p99Ms')).toBe(2);
    expect(limitOf('p99Ms', { twin: blocks(10, 20, 30.5) })).toBe(1);
  });

  test('is missed when it is not a number', () => {
    const [verdict] = requestVerdicts('Express 5', { shadow: blocks(1) });
    expect(verdict !== undefined && isMet(verdict)).toBe(false);
  });
});

describe('npm run bench:http', () => {
  let staged: StagedPackage;

  beforeAll(async () => {
    staged = await stagePackage();
  }, 60_000);

  afterAll(() => staged[Symbol.dispose]());

  test('measures every server, and puts every figure beside its target', async () => {
    const args = [...exampleArguments(staged, '../bench/http.ts'), '--quick'];
    const { stdout, stderr } = await staged.run(args, { timeoutMs: 180_000 });
    expect(stderr).toBe('');
    for (const framework of ['Express 5', 'Fastify 5']) {
      expect(stdout).toMatch(new RegExp(`^${framework} +CPU µs`, 'm'));
      expect(stdout).toMatch(new RegExp(`^${framework}, first byte of a stream`, 'm'));
    }
    const verdicts = stdout.split('\n').filter((line) => /^P\d+ /.test(line));
    expect(verdicts).toHaveLength(2 * (3 * 1 + 2) + 4);
    expect(verdicts.filter((line) => !/ (met|missed) *$/.test(line))).toEqual([]);
    expect(stdout).not.toContain('NaN');
  }, 200_000);
});
