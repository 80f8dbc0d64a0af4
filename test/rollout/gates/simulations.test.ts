import { describe, expect, it } from 'vitest';
import {
  type PairedTest,
  type PairedTestState,
  pairedTest,
} from '../../../src/compare/sequential/paired-test.ts';
import type { PairRecord } from '../../../src/core/contracts/pair-record.ts';
import type { Gate, GateRun } from '../../../src/rollout/gates/gate.ts';
import { wrongAnswers } from '../../../src/rollout/gates/wrong-answers.ts';
import { seeded } from '../../compare/sequential/simulated.ts';
import { better, pair, settingOf, since, times, worse } from './evidence.ts';

type Kind = 'worse' | 'same' | 'better';

// Pairs are only read: one of each kind does for all.
const kinds: Readonly<Record<Kind, PairRecord>> = {
  worse: worse(),
  same: pair(),
  better: better(),
};

/** Every pair is looked at by the run itself; a decision once made stays, so what it reads at the end tells of all looks. */
async function outcomeOf(run: GateRun): Promise<string> {
  return (await run.read(since)).outcome;
}

function feed(run: GateRun, pairs: number, kind: () => Kind): void {
  for (let i = 0; i < pairs; i += 1) run.pair?.(kinds[kind()]);
}

function drawn(random: () => number, truth: { worse: number; better: number }): Kind {
  const draw = random();
  if (draw < truth.worse) return 'worse';
  return draw < truth.worse + truth.better ? 'better' : 'same';
}

/** Pairs of no difference only lower the evidence of harm: to look after the others is to look after all. */
function failsFalsely(test: PairedTest, pairs: number, differ: number, random: () => number) {
  let state: PairedTestState = { ...test.start(), passedAt: 0 };
  for (let at = 0; ; ) {
    const same = Math.floor(Math.log(1 - random()) / Math.log(1 - differ));
    at += same + 1;
    if (at > pairs) return false;
    const other = random() < 0.5 ? { worse: 1 } : { better: 1 };
    state = test.add(state, { same, ...other });
    if (state.failedAt !== undefined) return true;
  }
}

/** Pairs until a run has decided so, sorted; each is looked at. */
async function waits(
  gate: Gate,
  decided: 'passedAt' | 'failedAt',
  truth: { readonly worse: number; readonly better: number },
  runs: number,
): Promise<number[]> {
  const random = seeded(20_260_902);
  const found: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const run = gate.begin(settingOf());
    let at: number | undefined;
    for (let fed = 0; at === undefined && fed < 10_000; fed += 100) {
      feed(run, 100, () => drawn(random, truth));
      at = (await run.read(since)).inputs[decided];
    }
    found.push(at ?? Number.POSITIVE_INFINITY);
  }
  return found.sort((a, b) => a - b);
}

/** An index, as often as its weight says. */
function drawnBy(weights: readonly number[], random: () => number): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return Math.max(0, found);
}

/** The usual test at 5 % of two samples, looked at once. */
function differ([n, bad]: readonly number[], [m, worst]: readonly number[]): boolean {
  if (!n || !m || bad === undefined || worst === undefined) return false;
  const rate = (bad + worst) / (n + m);
  const error = Math.sqrt(rate * (1 - rate) * (1 / n + 1 / m));
  return Math.abs(bad / n - worst / m) > 1.96 * error;
}

describe('gates over simulated ramps', () => {
  it('roll back at most 2 of 100 ramps of equal legs at alpha 0.05, over 10,000 pairs that are all looked at', async () => {
    const random = seeded(20_260_901);
    const runs = 250;
    let fails = 0;
    for (let i = 0; i < runs; i += 1) {
      const run = wrongAnswers().begin(settingOf());
      feed(run, 10_000, () => drawn(random, { worse: 0.05, better: 0.05 }));
      if ((await outcomeOf(run)) === 'fail') fails += 1;
    }
    expect(fails / runs).toBeLessThanOrEqual(0.02);
  });

  it('roll back at most 2 of 100 of them in many more ramps of the test that they run', async () => {
    const { margin, harm } = wrongAnswers().policy as { margin: number; harm: number };
    const run = wrongAnswers().begin(settingOf());
    run.pair?.(kinds.worse);
    const { inputs } = await run.read(since);
    const test = pairedTest({ margin, harm, alpha: { rollBack: 0.05 } });
    expect(inputs.harmEnough).toBe(test.read(test.start()).rollBack.enough);
    const random = seeded(20_260_905);
    const runs = 2_000;
    let fails = 0;
    for (let i = 0; i < runs; i += 1) if (failsFalsely(test, 10_000, 0.1, random)) fails += 1;
    expect(fails / runs).toBeLessThanOrEqual(0.02);
    expect(fails / runs).toBeGreaterThan(0.005);
  });

  it.each([
    ['all of their turns are', 1, 0.35, 0.65],
    ['a tenth of their turns is', 0.1, 0, 0.12],
  ])(
    'roll back far more often where conversations go wrong as a whole and %s compared',
    (_, compared, least, most) => {
      const { margin, harm } = wrongAnswers().policy as { margin: number; harm: number };
      const test = pairedTest({ margin, harm, alpha: { rollBack: 0.05 } });
      const random = seeded(20_261_124);
      const truth = { worse: 0.05, better: 0.05 };
      const fails = times(100, () => {
        const open = times(20, () => drawn(random, truth));
        let state: PairedTestState = { ...test.start(), passedAt: 0 };
        for (let pairs = 0; pairs < 5_000 && state.failedAt === undefined; ) {
          const at = Math.floor(random() * open.length);
          if (random() < compared) {
            state = test.add(state, { [open[at] ?? 'same']: 1 });
            pairs += 1;
          }
          if (random() < 1 / 3) open[at] = drawn(random, truth);
        }
        return state.failedAt !== undefined;
      }).filter(Boolean).length;
      expect(fails / 100).toBeGreaterThanOrEqual(least);
      expect(fails / 100).toBeLessThanOrEqual(most);
    },
  );

  it.each([
    [0.05, 0.04, 0.08],
    [0.0125, 0.003, 0.02],
  ])(
    'have their budget anew at each of four steps: at alpha %f a whole ramp of equal legs rolls back in %f to %f',
    (alpha, least, most) => {
      const { margin, harm } = wrongAnswers().policy as { margin: number; harm: number };
      const test = pairedTest({ margin, harm, alpha: { rollBack: alpha } });
      const random = seeded(20_261_123);
      const ramps = times(2_000, () =>
        [0, 5, 25, 50].some(() => failsFalsely(test, 2_500, 0.1, random)),
      );
      const share = ramps.filter(Boolean).length / ramps.length;
      expect(share).toBeLessThanOrEqual(most);
      expect(share).toBeGreaterThan(least);
    },
  );

  it('find 10 points more wrong answers within the pairs of the table, and 15 %', async () => {
    const found = await waits(wrongAnswers(), 'failedAt', { worse: 0.12, better: 0.02 }, 2_000);
    expect(found[1_000]).toBeLessThanOrEqual(99 * 1.15);
    expect(found[1_800]).toBeLessThanOrEqual(191 * 1.15);
  });

  it('pass equal legs at a margin of 5 points within the pairs of the table, and 15 %', async () => {
    const gate = wrongAnswers({ margin: 0.05 });
    const found = await waits(gate, 'passedAt', { worse: 0.05, better: 0.05 }, 500);
    expect(found[250]).toBeLessThanOrEqual(313 * 1.15);
    expect(found[450]).toBeLessThanOrEqual(652 * 1.15);
  });

  it('are not alarmed by 20 tenants of very different size and quality, whereas whoever compares those moved with the others is', async () => {
    const random = seeded(20_260_904);
    const sizes = times(20, (rank) => 1 / (rank + 1));
    const runs = 200;
    let [alarms, unpaired] = [0, 0];
    for (let i = 0; i < runs; i += 1) {
      const run = wrongAnswers().begin(settingOf());
      // Both legs do as well, but tenants differ in how hard their requests are.
      const hardness = times(20, () => random() * 0.15);
      const isMoved = times(20, () => random() < 0.5);
      const counts = { moved: [0, 0], others: [0, 0] } satisfies Record<string, [number, number]>;
      for (let n = 0; n < 2_000; n += 1) {
        const tenant = drawnBy(sizes, random);
        const hard = hardness[tenant] ?? 0;
        const [before, now] = [random() < hard, random() < hard];
        run.pair?.(kinds[before === now ? 'same' : now ? 'worse' : 'better']);
        const side = isMoved[tenant] ? counts.moved : counts.others;
        side[0] += 1;
        if (isMoved[tenant] ? now : before) side[1] += 1;
      }
      if ((await outcomeOf(run)) === 'fail') alarms += 1;
      if (differ(counts.moved, counts.others)) unpaired += 1;
    }
    expect(alarms / runs).toBeLessThanOrEqual(0.05);
    expect(unpaired / runs).toBeGreaterThan(0.25);
  });
});
