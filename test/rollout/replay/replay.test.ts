import { join } from 'node:path';
import { jsonlPairs, readPairs } from 'engramia-cutover/pairs';
import { describe, expect, it } from 'vitest';
import type { PairRecord } from '../../../src/core/contracts/pair-record.ts';
import { replay } from '../../../src/rollout/decisions/replay.ts';
import { candidateErrors } from '../../../src/rollout/gates/candidate-errors.ts';
import { coverage } from '../../../src/rollout/gates/coverage.ts';
import { customGate } from '../../../src/rollout/gates/custom-gate.ts';
import { servedErrors } from '../../../src/rollout/gates/served-errors.ts';
import { wrongAnswers } from '../../../src/rollout/gates/wrong-answers.ts';
import type { RolloutPlan } from '../../../src/rollout/plan/plan.ts';
import { freshFolder } from '../../pairs/pairs.ts';
import { misses, pair, served, worse } from '../gates/evidence.ts';

const start = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const minute = 60_000;

const plan: RolloutPlan = {
  steps: [{ percent: 0 }, { percent: 5 }, { percent: 25 }, { percent: 50 }],
  gates: [wrongAnswers({ margin: 0.05 })],
};

/** A pair each minute, wrong from a moment on. */
function* recorded(pairs: number, wrongFrom = Number.POSITIVE_INFINITY): Generator<PairRecord> {
  for (let i = 0; i < pairs; i += 1) {
    const at = start + i * minute;
    yield i >= wrongFrom && i % 2 === 0 ? worse({ at }) : pair({ at });
  }
}

describe('a replay', () => {
  it('climbs when the plan would have, by the times of the recording', async () => {
    const { decisions, pairs } = await replay(recorded(3 * 1_440 + 2), plan);
    expect(pairs).toBe(3 * 1_440 + 2);
    expect(decisions.map(({ does, percent, at }) => [does, percent, (at - start) / day])).toEqual([
      ['advance', 0, 1],
      ['advance', 5, 2],
      ['advance', 25, 3],
      ['stay', 50, 3 + 1 / 1_440],
    ]);
    expect(decisions[0]?.pairs).toBe(1_440);
    expect(decisions[0]?.readings[0]?.says).toMatch(/^pass: wrong answers 0\.0 pp over 1440 pairs/);
  });

  it.each([undefined, null, 'pairs.jsonl', {}, 3])(
    'refuses %j in the place of a recording',
    async (recording) => {
      await expect(replay(recording as never, plan)).rejects.toThrow(
        /replay\(\): recording .*must be what readPairs\(path\) gives/,
      );
    },
  );

  it.each<[string, Iterable<unknown>]>([
    ['the bytes of a file', Buffer.from('{}')],
    ['the lines of a file', ['{}', '']],
    ['a map', new Map([['a', 1]])],
    ['nothing', [null]],
    ['pairs without a time', [{ tenant: 'acme' }]],
  ])('refuses a recording of %s', async (_, recording) => {
    await expect(replay(recording as never, plan)).rejects.toThrow(
      /replay\(\): recording must give pairs, misses or counts/,
    );
  });

  it('refuses a plan and options that it would answer for another plan by', async () => {
    const wrongPlan = { steps: [{ percent: 0 }], gats: plan.gates };
    await expect(replay(recorded(3), wrongPlan)).rejects.toThrow(/replay\(\): plan\.gats is not/);
    await expect(replay(recorded(3), undefined as never)).rejects.toThrow(/plan must be an object/);
    const options = {
      from: '2026-01-01',
      everyMs: Number.NaN,
      goOn: 'yes',
      sources: ['pair'],
      every: 1,
    };
    await expect(replay(recorded(3), plan, options as never)).rejects.toThrow(
      /every is not an option.*; from must be.*; everyMs must be.*; goOn must be.*; sources must be/,
    );
  });

  it('ends at the roll back, with what it was decided on', async () => {
    let read = 0;
    const counted = function* (): Generator<PairRecord> {
      for (const each of recorded(10_000, 2_000)) {
        read += 1;
        yield each;
      }
    };
    const { decisions } = await replay(counted(), plan);
    const last = decisions.at(-1);
    expect(last).toMatchObject({ does: 'roll-back', step: 1, percent: 5 });
    const late = ((last?.at ?? 0) - start) / minute - 2_000;
    expect(late).toBeGreaterThan(10);
    expect(late).toBeLessThan(120);
    expect(last?.readings[0]?.outcome).toBe('fail');
    expect(read).toBeLessThan(2_130);
  });

  it('goes on from the first step where it is told to', async () => {
    const { decisions } = await replay(recorded(5_000, 2_000), plan, { goOn: true });
    const backs = decisions.filter(({ does }) => does === 'roll-back');
    expect(backs.length).toBeGreaterThan(10);
    expect(backs.slice(1).every(({ step }) => step === 0)).toBe(true);
  });

  it('decides otherwise by other thresholds', async () => {
    const lenient = { ...plan, gates: [wrongAnswers({ margin: 0.6, harm: 0.6 })] };
    const { decisions } = await replay(recorded(3_000, 100), lenient);
    expect(decisions.some(({ does }) => does === 'roll-back')).toBe(false);
    expect(decisions[0]).toMatchObject({ does: 'advance', step: 0 });
  });

  it('pauses for a signal, and still sees a guardrail fail afterwards', async () => {
    const gates = [
      wrongAnswers({ role: 'signal', name: 'early' }),
      wrongAnswers({ harm: 0.3, margin: 0.3, name: 'late' }),
    ];
    const { decisions } = await replay(recorded(2_000, 10), { ...plan, gates });
    expect(decisions.map(({ does }) => does)).toEqual(['pause', 'roll-back']);
  });

  it('leaves out what a recording cannot answer, and says so', async () => {
    const gates = [servedErrors(), candidateErrors()];
    const seen = await replay(recorded(10), { ...plan, gates });
    expect(seen.leftOut).toEqual(['served-errors']);
    expect(seen.decisions.at(-1)?.readings.map(({ gate }) => gate)).toEqual(['candidate-errors']);
  });

  it('takes misses and counts where they were recorded', async () => {
    const steps = [{ percent: 5 }, { percent: 50 }];
    const gates = [coverage(), servedErrors()];
    const recording = [
      ...recorded(30),
      misses({ at: start + 30 * minute, count: 70 }),
      served({ at: start + 30 * minute, calls: 10 }),
    ];
    const options = { sources: ['pairs', 'served'] as const };
    const { decisions, pairs } = await replay(recording, { steps, gates }, options);
    expect(pairs).toBe(30);
    expect(decisions).toMatchObject([
      { does: 'stay', readings: [{ inputs: { missed: 70 } }, { inputs: { calls: 10 } }] },
    ]);
  });

  it('takes what a log of pairs has missed, where it was missed', async () => {
    const path = join(freshFolder(), 'pairs.jsonl');
    const log = jsonlPairs({ path });
    for (const each of recorded(30)) {
      log.add(each);
      log.missed(misses({ at: each.at, count: 3 }));
    }
    await log.close();
    const reading = readPairs(path);
    const { decisions, pairs } = await replay(reading, { ...plan, gates: [coverage()] });
    expect(pairs).toBe(30);
    expect(decisions).toMatchObject([
      { does: 'stay', readings: [{ outcome: 'invalid', inputs: { pairs: 30, missed: 90 } }] },
    ]);
    expect(reading.misses()).toMatchObject([{ count: 90 }]);
  });

  it('looks once a minute of the recording unless it is told otherwise, and in the end', async () => {
    const looks = async (everyMs?: number): Promise<number[]> => {
      const at: number[] = [];
      const read = (when: number) => {
        at.push(when - start);
        return { outcome: 'hold', says: 'nothing yet' } as const;
      };
      const watching = customGate({ name: 'watching', source: 'pairs', begin: () => ({ read }) });
      const seconds = Array.from({ length: 150 }, (_, n) => pair({ at: start + n * 1_000 }));
      await replay(seconds, { gates: [watching] }, everyMs === undefined ? {} : { everyMs });
      return at;
    };
    expect(await looks()).toEqual([0, 60_000, 120_000, 149_000]);
    expect(await looks(100_000)).toEqual([0, 100_000, 149_000]);
  });

  it('begins where it is told to, and takes nothing that has no time', async () => {
    const from = start + 5 * minute;
    const odd = [...recorded(10), pair({ at: Number.NaN })];
    expect((await replay(odd, plan, { from })).pairs).toBe(5);
    expect(await replay([], plan)).toEqual({ decisions: [], pairs: 0, leftOut: [] });
  });

  it('reads a long recording as a stream, and keeps nothing of it', async () => {
    const stream = async function* (): AsyncGenerator<PairRecord> {
      const one = pair({ at: start });
      for (let i = 0; i < 50_000; i += 1) yield { ...one, requestId: `r${i}`, at: start + i };
    };
    const { pairs, decisions } = await replay(stream(), plan, { everyMs: 1_000 });
    expect(pairs).toBe(50_000);
    expect(decisions).toHaveLength(1);
  });

  it('climbs by the default ladder where a plan has none', async () => {
    const held = { gates: plan.gates ?? [], holdMs: 0, minPairs: 1, dailyCycleMs: 0 };
    const { decisions } = await replay(recorded(1_000), held);
    const climbed = decisions.filter(({ does }) => does === 'advance');
    expect(climbed.map(({ percent }) => percent).slice(0, 4)).toEqual([0, 5, 25, 50]);
  });
});
