import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addedBy, type Measure } from '../../bench/http/added.ts';
import type { Block } from '../../bench/http/block.ts';
import { arrivals } from '../../bench/http/open-loop.ts';
import type { Rounds } from '../../bench/http/rounds.ts';
import { isMet, requestVerdicts } from '../../bench/http/verdict.ts';
import { isSettled } from '../../bench/http/warm-up.ts';
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
    const all = { ...rounds, ...over };
    const verdicts = requestVerdicts('Express 5', { costs: all, waits: all });
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
    const alone = { shadow: blocks(1) };
    const [verdict] = requestVerdicts('Express 5', { costs: alone, waits: alone });
    expect(verdict !== undefined && isMet(verdict)).toBe(false);
  });

  test('is taken from the busy server in CPU, and from the one at a fixed rate in time', () => {
    const waits: Rounds = { ...rounds, shadow: blocks(110, 120, 130) };
    const verdicts = requestVerdicts('Express 5', { costs: rounds, waits });
    expect(verdicts.map(({ measured }) => measured)).toEqual([2, 100, 100]);
  });
});

describe('a server that is warmed up', () => {
  test('is not warm while a block now and then is cheaper than all before', () => {
    expect(isSettled([380, 203, 178])).toBe(false);
    expect(isSettled([380, 203, 178, 290, 133])).toBe(false);
    expect(isSettled([380, 100, 290, 133, 94])).toBe(false);
  });

  test('is warm once three blocks have brought nothing but noise', () => {
    expect(isSettled([380, 203, 100, 96, 290, 133])).toBe(true);
  });
});

describe('requests at a fixed rate', () => {
  test('come at moments of their own that are the same in every block, and as often as was asked for', () => {
    const moments = arrivals(4_000, 800);
    expect(arrivals(4_000, 800)).toEqual(moments);
    expect(moments.every((at, index) => at > (moments[index - 1] ?? 0))).toBe(true);
    expect((moments.at(-1) ?? 0) / 5_000).toBeCloseTo(1, 1);
    const gaps = moments.map((at, index) => at - (moments[index - 1] ?? 0));
    expect(gaps.filter((gap) => gap < 1.25 * Math.LN2).length / gaps.length).toBeCloseTo(0.5, 1);
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
      expect(stdout).toMatch(new RegExp(`^${framework}, 800 requests a second +p50 ms`, 'm'));
      expect(stdout).toMatch(new RegExp(`^${framework}, first byte of a stream`, 'm'));
    }
    const verdicts = stdout.split('\n').filter((line) => /^P\d+ /.test(line));
    expect(verdicts).toHaveLength(2 * (3 * 1 + 2) + 4);
    expect(verdicts.filter((line) => !/ (met|missed) *$/.test(line))).toEqual([]);
    expect(stdout).not.toContain('NaN');
  }, 200_000);
});
