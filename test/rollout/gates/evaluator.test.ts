import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairRecord } from '../../../src/core/contracts/pair-record.ts';
import { createEvaluator } from '../../../src/rollout/decisions/evaluator.ts';
import { candidateErrors } from '../../../src/rollout/gates/candidate-errors.ts';
import { coverage } from '../../../src/rollout/gates/coverage.ts';
import { customGate } from '../../../src/rollout/gates/custom-gate.ts';
import type { Gate, GateReading, GateRun } from '../../../src/rollout/gates/gate.ts';
import { latency } from '../../../src/rollout/gates/latency.ts';
import { replyLength } from '../../../src/rollout/gates/reply-length.ts';
import { servedErrors } from '../../../src/rollout/gates/served-errors.ts';
import { toolMismatch } from '../../../src/rollout/gates/tool-mismatch.ts';
import { wrongAnswers } from '../../../src/rollout/gates/wrong-answers.ts';
import { better, hour, live, misses, pair, served, since, stateOf, worse } from './evidence.ts';

const now = since + 10 * hour;

const gates = [
  wrongAnswers(),
  wrongAnswers({ name: 'noise', overNoise: true }),
  wrongAnswers({ source: 'live-pairs', dryRun: true }),
  candidateErrors(),
  toolMismatch(),
  latency(),
  replyLength(),
  coverage({ least: 2 }),
];

const anyPair = fc.constantFrom<() => PairRecord>(
  worse,
  better,
  pair,
  () => worse(live),
  () => pair({ requestId: 'same' }),
  () => pair({ requestId: 'same', kind: 'noise' }),
  () => pair({ candidate: { ended: 'late', durationMs: 30_000 } }),
  () => pair({ divergence: { layers: [{ layer: 'tools', say: 'different', ms: 0 }] } }),
  () => pair({ candidate: { chars: 900 }, tenant: 'globex' }),
);

describe('an evaluator', () => {
  it('says after a restart what it would have said without, from what was recorded', async () => {
    const shape = fc.array(anyPair, { maxLength: 250 });
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(250), async (makers, looked) => {
        const pairs = makers.map((make) => make());
        const evaluator = createEvaluator({ gates });
        const without = evaluator.begin(stateOf());
        for (const [i, each] of pairs.entries()) {
          without.pair(each);
          if (i === looked) await without.readings(now);
        }
        const restarted = evaluator.begin(stateOf());
        const recorded = JSON.parse(JSON.stringify(pairs)) as PairRecord[];
        for (const each of recorded) restarted.pair(each);
        expect(await restarted.readings(now)).toEqual(await without.readings(now));
        expect(restarted.pairs).toBe(without.pairs);
      }),
      { numRuns: 40 },
    );
  });

  it('begins with nothing at each step', async () => {
    const evaluator = createEvaluator({ gates });
    const before = evaluator.begin(stateOf());
    for (let i = 0; i < 200; i += 1) before.pair(worse());
    const fresh = await evaluator.begin(stateOf({ step: 3, percent: 50 })).readings(now);
    expect((await before.readings(now))[0]?.outcome).toBe('fail');
    expect(fresh.every(({ outcome }) => outcome === 'hold')).toBe(true);
  });

  it('splits the error budget over the gates that act and can fail by chance', async () => {
    const plan = { gates: [...gates, servedErrors({ dryRun: true })], alpha: 0.06 };
    const readings = await createEvaluator(plan).begin(stateOf()).readings(now);
    // Six: a dry run and the coverage spend nothing.
    expect(readings[0]?.inputs.alpha).toBe(0.01);
    expect(new Set(readings.map(({ inputs }) => inputs.alpha))).toEqual(new Set([0.01, undefined]));
  });

  it('marks readings with their gate’s role, and with a dry run', async () => {
    const [first, , dry] = await createEvaluator({ gates }).begin(stateOf()).readings(now);
    expect(first).toMatchObject({ gate: 'wrong-answers', role: 'guardrail' });
    expect(first).not.toHaveProperty('dryRun');
    expect(dry).toMatchObject({ gate: 'wrong-answers-live', dryRun: true });
  });

  it('takes no word of a gate for an outcome that is none, and no reading for one of another gate', async () => {
    const own = (name: string, reading: object): Gate => ({
      ...{ name, role: 'guardrail', source: 'probe', policy: {} },
      begin: () => ({ read: () => reading as GateReading }),
    });
    const says = { gate: 'other', source: 'pairs', says: 'well', inputs: {} };
    const plan = {
      gates: [own('odd', { ...says, outcome: 'great' }), own('fine', { ...says, outcome: 'pass' })],
    };
    const [odd, fine] = await createEvaluator(plan).begin(stateOf()).readings(now);
    expect(odd).toMatchObject({ gate: 'odd', outcome: 'invalid' });
    expect(fine).toMatchObject({ gate: 'fine', source: 'probe', outcome: 'pass', says: 'well' });
  });

  it('asks a gate only where it can have evidence', async () => {
    const asked = async (percent: number, to: 'live' | 'rampdown' = 'live') => {
      const evidence = createEvaluator({
        gates: [wrongAnswers(), wrongAnswers({ source: 'live-pairs' }), servedErrors()],
      }).begin(stateOf({ percent, to }));
      return (await evidence.readings(now)).map(({ gate }) => gate);
    };
    expect(await asked(0)).toEqual(['wrong-answers']);
    expect(await asked(50)).toEqual(['wrong-answers', 'wrong-answers-live', 'served-errors']);
    expect(await asked(100)).toEqual(['wrong-answers-live', 'served-errors']);
    expect(await asked(100, 'rampdown')).toEqual(['served-errors']);
  });

  it.each<[string, Partial<GateRun> | (() => never)]>([
    [
      'begins',
      () => {
        throw new Error('no');
      },
    ],
    [
      'takes a pair',
      {
        pair: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'takes misses',
      {
        missed: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'takes counts',
      {
        served: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'takes an attestation',
      {
        attested: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'hears of a change',
      {
        changed: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'reads',
      {
        read: () => {
          throw new Error('no');
        },
      },
    ],
    ['reads later', { read: () => Promise.reject(new Error('no')) }],
  ])('contains what a gate throws while it %s', async (_, broken) => {
    const fine = { gate: 'mine', source: 'probe', outcome: 'pass', says: '', inputs: {} } as const;
    const gate: Gate = {
      ...{ name: 'mine', role: 'guardrail', source: 'probe', policy: null },
      begin: () => (typeof broken === 'function' ? broken() : { read: () => fine, ...broken }),
    };
    const evidence = createEvaluator({ gates: [gate, candidateErrors()] }).begin(stateOf());
    evidence.pair(pair());
    evidence.missed(misses());
    evidence.served(served());
    evidence.attested({ kind: 'smoke', ok: true, at: now });
    evidence.changed(stateOf());
    expect(await evidence.readings(now)).toMatchObject([
      { gate: 'mine', outcome: 'invalid', says: 'invalid: the gate itself has failed: Error' },
      { gate: 'candidate-errors', outcome: 'hold' },
    ]);
  });

  it('says what is wrong with a reading that is none', async () => {
    const read = () => ({ outcome: 'failed' as never, says: '' });
    const gate = customGate({ name: 'mine', source: 'probe', begin: () => ({ read }) });
    const evidence = createEvaluator({ gates: [gate] }).begin(stateOf());
    expect(await evidence.readings(now)).toMatchObject([
      {
        says: 'invalid: the gate itself has failed: The gate mine said no outcome: it must be one of pass, fail, hold, invalid',
      },
    ]);
  });

  it('runs a gate of the app, with its part of the budget', async () => {
    const seen: unknown[] = [];
    const gate = customGate({
      ...{ name: 'cost', source: 'pairs', spends: true, policy: { limit: 3 } },
      begin: ({ alpha }) => ({
        pair: ({ requestId }) => seen.push(requestId),
        read: () => ({
          outcome: 'fail',
          says: `alpha ${alpha}`,
          inputs: { cost: 4, no: Number.NaN },
        }),
      }),
    });
    const evidence = createEvaluator({ gates: [gate], alpha: 0.04 }).begin(stateOf());
    evidence.pair(pair({ requestId: 'r' }));
    expect(await evidence.readings(now)).toEqual([
      {
        ...{ gate: 'cost', source: 'pairs', outcome: 'fail', says: 'fail: alpha 0.04' },
        ...{ inputs: { cost: 4 }, role: 'signal' },
      },
    ]);
    expect(seen).toEqual(['r']);
    expect(() => customGate({ name: '' } as never)).toThrow(/name must.*source is missing.*begin/s);
  });
});
