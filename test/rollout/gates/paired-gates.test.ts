import { describe, expect, it } from 'vitest';
import type { PairRecord } from '../../../src/core/contracts/pair-record.ts';
import { candidateErrors } from '../../../src/rollout/gates/candidate-errors.ts';
import type { Gate, GateReading, GateSetting } from '../../../src/rollout/gates/gate.ts';
import { toolMismatch } from '../../../src/rollout/gates/tool-mismatch.ts';
import { wrongAnswers } from '../../../src/rollout/gates/wrong-answers.ts';
import {
  better,
  hour,
  live,
  misses,
  pair,
  type Said,
  served,
  settingOf,
  since,
  stateOf,
  times,
  uncompared,
  worse,
} from './evidence.ts';

async function read(
  gate: Gate,
  pairs: readonly PairRecord[],
  { at = since + 10 * hour, ...setting }: Partial<GateSetting> & { at?: number } = {},
): Promise<GateReading> {
  const run = gate.begin(settingOf(setting));
  for (const each of pairs) run.pair?.(each);
  return await run.read(at);
}

describe('the gate of wrong answers', () => {
  it('holds before any pair', async () => {
    expect(await read(wrongAnswers(), [])).toEqual({
      gate: 'wrong-answers',
      source: 'pairs',
      outcome: 'hold',
      says: 'hold: wrong answers not measured yet: no pairs to tell by',
      inputs: expect.objectContaining({ pairs: 0, margin: 0.02, harm: 0.0025, alpha: 0.05 }),
    });
  });

  it('says what it measured, what it needs, and how long that takes at the rate that was seen', async () => {
    const bad = { worse: [20, 70, 120, 170, 220], better: [45, 95, 145, 195] };
    const pairs = times(250, (i) => {
      if (bad.worse.includes(i)) return worse();
      return bad.better.includes(i) ? better() : pair();
    });
    const reading = await read(wrongAnswers(), pairs, { at: since + 5 * hour });
    expect(reading.inputs).toMatchObject({ pairs: 250, worse: 5, same: 241, better: 4 });
    expect(reading.inputs.difference).toBeCloseTo(0.004, 10);
    expect(reading.says).toBe(
      'hold: wrong answers +0.4 pp, needs about 1200 more pairs, about 23 h at this rate',
    );
    const { neededToPass = Number.NaN } = reading.inputs;
    // 250 pairs in 5 hours: 50 an hour.
    expect(reading.etaMs).toBe(Math.ceil((neededToPass * hour) / 50));
  });

  it('decides about when it said that it would, if pairs go on as they were', async () => {
    const start = times(100, (i) => (i % 25 === 0 ? (i % 50 === 0 ? worse() : better()) : pair()));
    const first = await read(wrongAnswers(), start);
    const needed = first.inputs.neededToPass ?? Number.NaN;
    const run = wrongAnswers().begin(settingOf());
    for (const each of start) run.pair?.(each);
    let more = 0;
    for (; (await run.read(since + hour)).outcome === 'hold'; more += 1) {
      run.pair?.(more % 25 === 0 ? (more % 50 === 0 ? worse() : better()) : pair());
    }
    // Half a pair of each kind is added to what was seen, so it promises a little less than comes.
    expect(more).toBeGreaterThan(needed * 0.5);
    expect(more).toBeLessThan(needed * 1.2);
  });

  it('says by which pairs a pass was shown that is kept although later ones would not show it', async () => {
    const pairs = [
      ...times(60, () => pair()),
      ...times(20, (i) => (i % 3 === 0 ? worse() : pair())),
    ];
    const reading = await read(wrongAnswers({ margin: 0.1, harm: 0.09 }), pairs);
    const { passedAt } = reading.inputs;
    expect(reading.says).toBe(
      `pass: wrong answers +8.8 pp over 80 pairs, shown to be below +10.0 pp by the first ${passedAt} of them`,
    );
    expect(passedAt).toBeLessThan(60);
  });

  it('passes once it is shown that the candidate is not worse by its margin', async () => {
    const reading = await read(
      wrongAnswers(),
      times(700, () => pair()),
    );
    expect(reading.says).toBe(
      'pass: wrong answers 0.0 pp over 700 pairs, shown to be below +2.0 pp',
    );
    expect(reading).not.toHaveProperty('etaMs');
  });

  it('fails once harm is shown, and stays so', async () => {
    const pairs = [...times(40, () => worse()), ...times(40, () => pair())];
    const reading = await read(wrongAnswers(), pairs);
    expect(reading.says).toBe(
      'fail: wrong answers +50.0 pp over 80 pairs, shown to be above +0.3 pp',
    );
    const later = await read(wrongAnswers(), [...pairs, ...times(500, () => better())]);
    expect(later.outcome).toBe('fail');
  });

  it.each<[string, Said, Partial<Record<'worse' | 'same' | 'better', number>>]>([
    ['a candidate that failed', { candidate: { ended: 'failed' } }, { worse: 1 }],
    ['a candidate that was late', { candidate: { ended: 'late' } }, { worse: 1 }],
    ['legacy that failed', { legacy: { ended: 'failed' } }, { better: 1 }],
    ['two failures', { legacy: { ended: 'late' }, candidate: { ended: 'failed' } }, { same: 1 }],
    ['another wording', { divergence: { verdict: 'different' } }, { same: 1 }],
    ['a worse one', { divergence: { verdict: 'worse' } }, { worse: 1 }],
    ['a judge for the candidate', { divergence: { notes: ['judge-candidate'] } }, { better: 1 }],
    ['a refusal that ended', { divergence: { notes: ['refusal-ended'] } }, { better: 1 }],
    ['legacy that said nothing', { legacy: { chars: 0 } }, { better: 1 }],
    [
      'legacy that said nothing but white space',
      { legacy: { chars: 2 }, divergence: { verdict: 'different', notes: ['empty-ended'] } },
      { better: 1 },
    ],
    ['nothing on both sides', { legacy: { chars: 0 }, candidate: { chars: 0 } }, { same: 1 }],
  ])('counts %s as it was', async (_, said, expected) => {
    const { inputs } = await read(wrongAnswers(), [pair(said)]);
    const none = { worse: 0, same: 0, better: 0 };
    expect(inputs).toMatchObject({ pairs: 1, ...none, ...expected });
  });

  it('counts no pair that could not be compared, and none of another kind or source', async () => {
    const strangers = [uncompared(), worse(live), worse({ kind: 'noise' })];
    const { inputs } = await read(wrongAnswers(), strangers);
    expect(inputs).toMatchObject({ pairs: 0, unknown: 1 });
    const unread = await read(
      wrongAnswers(),
      times(100, () => uncompared()),
    );
    expect(unread.says).toBe(
      'invalid: wrong answers cannot be told: none of 100 pairs tells of it',
    );
  });

  it('is invalid where verdicts hang on a judge that nobody calibrated, unless harm is shown without it', async () => {
    const advised = times(30, () => pair({ divergence: { verdict: 'worse', advisory: true } }));
    const reading = await read(wrongAnswers(), [...advised, ...times(970, () => pair())]);
    expect(reading.says).toBe(
      'invalid: wrong answers cannot be told: 30 of 1000 verdicts are advice, of a judge without a calibration or of an advisory layer',
    );
    expect(reading.inputs).toMatchObject({ advised: 30, worse: 0 });
    const failing = times(50, () => pair({ candidate: { ended: 'failed' } }));
    expect((await read(wrongAnswers(), [...advised, ...failing])).outcome).toBe('fail');
  });

  it('says which pairs show harm that came late', async () => {
    const reading = await read(wrongAnswers(), [
      ...times(3_000, (i) => (i % 50 === 0 ? worse() : i % 50 === 25 ? better() : pair())),
      ...times(60, (i) => (i % 2 === 0 ? worse() : pair())),
    ]);
    expect(reading.says).toBe(
      'fail: wrong answers +1.0 pp over 3060 pairs, +51.0 pp over 49 of them in a row, shown to be above +0.3 pp',
    );
    expect(reading.inputs).toMatchObject({ harmfulPairs: 49, harmfulDifference: 25 / 49 });
  });

  it('counts nothing for a candidate that only such a judge prefers, whatever decided the verdict', async () => {
    const notes = ['tool-extra', 'judge-candidate', 'judge-advisory'];
    const preferred = pair({ divergence: { verdict: 'different', decidedBy: 'tools', notes } });
    const reading = await read(wrongAnswers(), [preferred]);
    expect(reading.inputs).toMatchObject({ better: 0, same: 1, advised: 1 });
    expect(reading.outcome).toBe('invalid');
  });

  it('is invalid where its source cannot exist', async () => {
    const full = { state: stateOf({ percent: 100 }) };
    expect((await read(wrongAnswers({ upTo: 100 }), [], full)).says).toBe(
      'invalid: wrong answers cannot be told: nobody is left whom legacy serves: look at live-pairs',
    );
    const kept = { state: stateOf({ percent: 100, overrides: { acme: 'shadow' } }) };
    expect((await read(wrongAnswers({ upTo: 100 }), [], kept)).outcome).toBe('hold');
    const blind = { state: stateOf({ from: 'dualwrite' }) };
    expect((await read(wrongAnswers(), [], blind)).says).toContain(
      'invalid: wrong answers cannot be told: tenants in the stage dualwrite are not compared',
    );
    const run = wrongAnswers({ source: 'live-pairs' }).begin(settingOf());
    run.served?.(served({ calls: 99 }));
    expect((await run.read(since)).outcome).toBe('hold');
    run.served?.(served({ calls: 1 }));
    expect((await run.read(since)).says).toContain('routes need legacyShadow');
  });

  it('looks at live pairs alone where it is told to', async () => {
    const gate = wrongAnswers({ source: 'live-pairs' });
    expect(gate).toMatchObject({ name: 'wrong-answers-live', asksAt: { above: 0, upTo: 100 } });
    const reading = await read(gate, [worse(), pair(live), worse(live)]);
    expect(reading).toMatchObject({ source: 'live-pairs', inputs: { pairs: 2, worse: 1 } });
  });

  it('takes legacy’s own noise out of what differs', async () => {
    const gate = wrongAnswers({ overNoise: true });
    const off = { divergence: { verdict: 'different' } } as const;
    // Both differ as often: 40 % of the candidate's replies, 40 % of legacy's.
    const noisy = times(500, (i) => [
      pair({ requestId: `r${i}`, ...(i % 5 < 2 ? off : {}) }),
      pair({ requestId: `r${i}`, kind: 'noise', ...(i % 5 > 2 ? off : {}) }),
    ]).flat();
    const reading = await read(gate, noisy);
    expect(reading.outcome).toBe('hold');
    expect(reading.inputs).toMatchObject({ pairs: 500, worse: 200, better: 200 });
    const clean = noisy.map((each) =>
      each.kind === 'noise' ? pair({ requestId: each.requestId, kind: 'noise' }) : each,
    );
    expect((await read(gate, clean)).outcome).toBe('fail');
  });

  it('is invalid over noise where legacy never ran twice', async () => {
    const gate = wrongAnswers({ overNoise: true });
    const pairs = times(100, () => pair());
    expect((await read(gate, pairs.slice(1))).outcome).toBe('hold');
    expect((await read(gate, pairs)).says).toContain('legacy has never run twice');
  });

  it('brings no two exchanges together that share an id alone: of another tenant, or on another route', async () => {
    const gate = wrongAnswers({ overNoise: true });
    const one = pair({ requestId: 'req-1' });
    const noise = (said: Said): PairRecord => pair({ requestId: 'req-1', kind: 'noise', ...said });
    const others = [noise({ tenant: 'globex' }), noise({ route: 'search' })];
    expect((await read(gate, [one, ...others])).inputs.pairs).toBe(0);
    expect((await read(gate, [one, ...others, noise({})])).inputs.pairs).toBe(1);
  });

  it('waits for a noise partner without growing for ever', async () => {
    const gate = wrongAnswers({ overNoise: true });
    const first = pair({ requestId: 'first' });
    const others = times(1_000, () => pair());
    const partner = pair({ requestId: 'first', kind: 'noise' });
    expect((await read(gate, [first, ...others, partner])).inputs.pairs).toBe(0);
    expect((await read(gate, [first, ...others.slice(1), partner])).inputs.pairs).toBe(1);
  });
});

describe('the gate of tool mismatches', () => {
  const tools = (say: 'same' | 'different', said: Said = {}): PairRecord =>
    pair({ ...said, divergence: { layers: [{ layer: 'tools', say, ms: 0 }] } });

  it('accepts a share of mismatches, and fails beyond', async () => {
    const few = times(1_000, (i) => tools(i % 100 === 0 ? 'different' : 'same'));
    expect((await read(toolMismatch(), few)).says).toBe(
      'pass: tool mismatches +1.0 pp over 1000 pairs, shown to be below +5.0 pp',
    );
    const many = times(200, (i) => tools(i % 3 === 0 ? 'different' : 'same'));
    expect((await read(toolMismatch(), many)).says).toBe(
      'fail: tool mismatches +33.5 pp over 200 pairs, shown to be above +5.0 pp',
    );
  });

  it('is invalid where nobody tells of tools', async () => {
    expect(
      (
        await read(
          toolMismatch(),
          times(100, () => pair()),
        )
      ).outcome,
    ).toBe('invalid');
  });

  it('counts a candidate that failed as a mismatch, and takes noise out where it is told to', async () => {
    const failed = await read(toolMismatch(), [pair({ candidate: { ended: 'late' } })]);
    expect(failed.inputs).toMatchObject({ worse: 1 });
    const pairs = [
      tools('different', { requestId: 'a' }),
      tools('different', { requestId: 'a', kind: 'noise' }),
    ];
    const reading = await read(toolMismatch({ overNoise: true }), pairs);
    expect(reading.inputs).toMatchObject({ pairs: 1, same: 1, harm: 0.0025 });
  });
});

describe('the gate of candidate errors', () => {
  it('counts failures alone, of both legs', async () => {
    const pairs = [
      pair({ candidate: { ended: 'failed' } }),
      pair({ candidate: { ended: 'late' } }),
      pair({ legacy: { ended: 'failed' } }),
      worse(),
      uncompared(),
    ];
    const { inputs } = await read(candidateErrors(), pairs);
    expect(inputs).toMatchObject({ worse: 2, better: 1, same: 2 });
  });
});

describe('a gate of pairs', () => {
  it.each([wrongAnswers, toolMismatch, candidateErrors])(
    'refuses what it does not know, all at once',
    (make) => {
      const wrong = { margin: 1, harm: -1, source: 'served', colour: 'red' } as object;
      expect(() => make(wrong)).toThrow(/colour is not an option.*source must.*margin must/s);
    },
  );

  it('never takes misses or counts for pairs', async () => {
    const run = wrongAnswers().begin(settingOf());
    run.missed?.(misses());
    run.served?.(served({ calls: Number.NaN }));
    expect((await run.read(since)).inputs.pairs).toBe(0);
  });

  it('has thresholds that are plain data, so that a change of them is seen', () => {
    const policy = wrongAnswers({ margin: 0.05 }).policy;
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
    expect(policy).not.toEqual(wrongAnswers().policy);
  });
});
