import { Bets } from '../../../src/compare/sequential/bets.ts';
import {
  type PairedTest,
  type PairedTestOptions,
  type PairedTestState,
  pairedTest,
} from '../../../src/compare/sequential/paired-test.ts';

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often the candidate is worse and better, in truth. */
export interface Truth {
  readonly worse: number;
  readonly better: number;
}

type Decided = (state: PairedTestState) => number | undefined;

const decidedAt = {
  pass: (state) => state.passedAt,
  fail: (state) => state.failedAt,
} satisfies Record<string, Decided>;

/**
 * Adds pairs of no difference as if each were looked at. The evidence moves one way over them: one look behind the last tells
 * whether any would have decided.
 */
function addSame(test: PairedTest, state: PairedTestState, same: number, decided: Decided) {
  const all = test.add(state, { same });
  if (decided(all) === undefined) return all;
  let one = state;
  while (decided(one) === undefined) one = test.add(one, { same: 1 });
  return one;
}

/** One ramp, each pair looked at: the pair that decides it so, or infinity. */
function wait(
  test: PairedTest,
  { worse, better }: Truth,
  decided: Decided,
  random: () => number,
  most: number,
): number {
  const logSame = Math.log(1 - worse - better);
  let state = test.start();
  for (let left = most; ; ) {
    const same = Math.floor(Math.log(1 - random()) / logSame);
    state = addSame(test, state, Math.min(same, left), decided);
    left -= same + 1;
    if (decided(state) !== undefined || left < 0) break;
    state = test.add(state, random() < worse / (worse + better) ? { worse: 1 } : { better: 1 });
    if (decided(state) !== undefined) break;
  }
  return decided(state) ?? Number.POSITIVE_INFINITY;
}

/** Pairs until a decision in many ramps of `most` pairs, sorted. */
export function waits(
  truth: Truth,
  outcome: keyof typeof decidedAt,
  options: PairedTestOptions & { readonly runs: number; readonly most: number },
): number[] {
  const { runs, most, ...test } = options;
  const paired = pairedTest(test);
  const random = seeded(20_260_826);
  return Array.from({ length: runs }, () =>
    wait(paired, truth, decidedAt[outcome], random, most),
  ).sort((a, b) => a - b);
}

/** Share of ramps that are decided so. */
export function shareDecided(...given: Parameters<typeof waits>): number {
  const all = waits(...given);
  return all.filter(Number.isFinite).length / all.length;
}

/**
 * Shares of ramps in which harm is shown by each of some thresholds although both legs are as good, looked at after each pair.
 * Against "not worse at all" a pair of no difference changes nothing, so only the others are drawn.
 */
export function falseFails(
  differ: number,
  enough: readonly number[],
  { runs, most }: { readonly runs: number; readonly most: number },
): number[] {
  const bets = Bets.onHarm(0.05, 0);
  const random = seeded(20_260_827);
  const logSame = Math.log(1 - differ);
  const lowest = Math.min(...enough);
  const fails = enough.map(() => 0);
  for (let run = 0; run < runs; run += 1) {
    const counts = { worse: 0, same: 0, better: 0 };
    let highest = 0;
    for (let pairs = 0; ; ) {
      pairs += Math.floor(Math.log(1 - random()) / logSame) + 1;
      if (pairs > most) break;
      if (random() < 0.5) counts.worse += 1;
      else counts.better += 1;
      if (counts.worse <= counts.better) continue; // nobody wins by harm then
      if (bets.decides(counts)) highest = Math.max(highest, bets.logEvidence(counts));
    }
    if (highest < lowest) continue;
    enough.forEach((threshold, i) => {
      if (highest >= threshold) fails[i] = (fails[i] ?? 0) + 1;
    });
  }
  return fails.map((count) => count / runs);
}
