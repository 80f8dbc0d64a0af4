import { describe, expect, it, vi } from 'vitest';
import { attestation } from '../../../src/rollout/gates/attestation.ts';
import { coverage } from '../../../src/rollout/gates/coverage.ts';
import type { Gate, GateRun, GateSetting } from '../../../src/rollout/gates/gate.ts';
import { latency } from '../../../src/rollout/gates/latency.ts';
import { legacyAlive } from '../../../src/rollout/gates/legacy-alive.ts';
import { outboxLag } from '../../../src/rollout/gates/outbox-lag.ts';
import { replyLength } from '../../../src/rollout/gates/reply-length.ts';
import { sampleRatio } from '../../../src/rollout/gates/sample-ratio.ts';
import { servedErrors } from '../../../src/rollout/gates/served-errors.ts';
import {
  hour,
  live,
  misses,
  pair,
  served,
  settingOf,
  since,
  stateOf,
  times,
  uncompared,
} from './evidence.ts';

const now = since + 10 * hour;

async function says(gate: Gate, feed: (run: GateRun) => void, setting: Partial<GateSetting> = {}) {
  const run = gate.begin(settingOf(setting));
  feed(run);
  return await run.read(now);
}

describe('the gate of served errors', () => {
  const calls = (of: number, bad: object, at = since + hour) => served({ at, calls: of, ...bad });

  it('holds, passes and fails by its limit, with figures', async () => {
    expect((await says(servedErrors(), () => undefined)).says).toBe(
      'hold: errors not measured yet: no calls to tell by',
    );
    const few = await says(servedErrors(), (run) => run.served?.(calls(100, { errors: 4 })));
    expect(few.says).toMatch(
      /^hold: errors 4\.0 %, needs about \d+ more calls, about \d+ (h|days) at this rate$/,
    );
    expect(few.inputs).toMatchObject({ calls: 100, failed: 4, limit: 0.05, tripped: 0 });
    const fine = await says(servedErrors(), (run) => run.served?.(calls(400, { errors: 4 })));
    expect(fine.says).toBe('pass: errors 1.0 % of 400 calls, shown to be below 5.0 %');
    const bad = await says(servedErrors(), (run) => run.served?.(calls(400, { errors: 60 })));
    expect(bad.says).toBe('fail: errors 15.0 % of 400 calls, shown to be above 5.0 %');
  });

  it('says by which calls a pass was shown that is kept although later ones would not show it', async () => {
    const reading = await says(servedErrors({ tripwire: false }), (run) => {
      run.served?.(calls(120, {}));
      run.served?.(calls(120, { errors: 13 }, since + 2 * hour));
    });
    expect(reading.says).toBe(
      'pass: errors 5.4 % of 240 calls, shown to be below 5.0 % by the first 120 of them',
    );
    expect(reading.inputs).toMatchObject({ calls: 240, failed: 13, passedAt: 120 });
  });

  it('counts calls that legacy had to answer, unless told not to, and none of legacy’s own', async () => {
    const feed = (run: GateRun) => {
      run.served?.(calls(400, { fallbacks: 60 }));
      run.served?.(served({ leg: 'legacy', calls: 400, errors: 400 }));
    };
    expect((await says(servedErrors(), feed)).inputs.failed).toBe(60);
    expect((await says(servedErrors({ countFallbacks: false }), feed)).inputs.failed).toBe(0);
  });

  it('finds what fails late, however much went well, and says on what', async () => {
    const reading = await says(servedErrors(), (run) => {
      const look = (nth: number, ...what: [number, object]) =>
        run.served?.(calls(...what, since + nth * 60_000));
      for (let i = 0; i < 200; i += 1) look(i, 100, { errors: i % 2 });
      for (let i = 0; i < 9; i += 1) look(200 + i, 40, { errors: 8 });
    });
    expect(reading.says).toBe(
      'fail: errors 0.8 % of 20360 calls, 20.0 % of 240 of them in a row, shown to be above 5.0 %',
    );
    expect(reading.inputs).toMatchObject({ harmfulCalls: 240, harmfulRate: 0.2, tripped: 0 });
  });

  it('fails at once on a catastrophe after much that was well, and stays so', async () => {
    const reading = await says(servedErrors(), (run) => {
      for (let i = 0; i < 50; i += 1) run.served?.(calls(100, {}, since + i * 60_000));
      run.served?.(calls(19, { errors: 19 }, since + hour));
      run.served?.(calls(1, {}, since + hour));
      run.served?.(calls(9_000, {}, since + 2 * hour));
    });
    expect(reading.says).toBe('fail: errors in 19 of 20 calls within moments, a catastrophe');
  });

  it('takes nothing for a catastrophe that was counted over more than moments, or of one tenant among many', async () => {
    const limit = 0.99;
    const whole = (from: number) => (run: GateRun) =>
      run.served?.({ ...calls(40, { errors: 24 }), from });
    expect((await says(servedErrors({ limit }), whole(since))).outcome).not.toBe('fail');
    expect((await says(servedErrors({ limit }), whole(since + hour - 5_000))).outcome).toBe('fail');
    const parts = (run: GateRun) => {
      run.served?.(calls(24, { errors: 24 }));
      run.served?.(calls(400, {}));
    };
    expect((await says(servedErrors({ limit }), parts)).outcome).not.toBe('fail');
  });

  it('takes few failures for no catastrophe, and none where it was turned off', async () => {
    const feed = (bad: number) => (run: GateRun) => run.served?.(calls(bad, { errors: bad }));
    const alone = { ...settingOf(), alpha: 1e-30 };
    expect((await says(servedErrors(), feed(19), alone)).outcome).toBe('hold');
    expect((await says(servedErrors(), feed(20), alone)).outcome).toBe('fail');
    expect((await says(servedErrors({ tripwire: false }), feed(20), alone)).outcome).toBe('hold');
  });

  it('takes what is no count for no evidence', async () => {
    const reading = await says(servedErrors(), (run) => {
      run.served?.(calls(Number.NaN, {}));
      run.served?.(calls(10, { errors: -1 }));
    });
    expect(reading).toMatchObject({ outcome: 'hold', inputs: { calls: 0 } });
    expect(() => servedErrors({ limit: 0, tripwire: { rate: 2 } })).toThrow(
      /limit must.*tripwire.rate/s,
    );
  });
});

describe('the gate of latency', () => {
  const paired =
    (added: (i: number) => number, count = 200) =>
    (run: GateRun) => {
      for (let i = 0; i < count; i += 1) {
        run.pair?.(
          pair({ legacy: { durationMs: 800 }, candidate: { durationMs: 800 + added(i) } }),
        );
      }
    };

  it('passes, fails and holds by differences on the same requests', async () => {
    const spread = (i: number) => (i % 2 === 0 ? -200 : 200);
    expect(
      (
        await says(
          latency(),
          paired((i) => 300 + spread(i)),
        )
      ).says,
    ).toBe('pass: latency +300 ms over 200 pairs, shown to be below +1000 ms');
    expect(
      (
        await says(
          latency(),
          paired((i) => 2_000 + spread(i)),
        )
      ).says,
    ).toBe('fail: latency +2000 ms over 200 pairs, shown to be above +1000 ms');
    const close = await says(
      latency(),
      paired((i) => 950 + spread(i)),
    );
    expect(close.says).toMatch(/^hold: latency \+950 ms, needs about \d+ more pairs, about \d+ h/);
    const early = await says(
      latency(),
      paired(() => 0, 99),
    );
    expect(early.says).toBe(
      'hold: latency 0 ms, needs about 1 more pairs, about 6 min at this rate',
    );
  });

  it('decides after about as many as it said', async () => {
    const added = (i: number) => 900 + (i % 2 === 0 ? -400 : 400);
    const { says: sentence } = await says(latency(), paired(added));
    const needed = Number(/about (\d+) more/.exec(sentence)?.[1]);
    expect((await says(latency(), paired(added, 200 + needed))).outcome).toBe('pass');
    expect((await says(latency(), paired(added, Math.floor((200 + needed) * 0.9)))).outcome).toBe(
      'hold',
    );
  });

  it('counts a candidate that was late by the time it was given, and none that failed', async () => {
    const reading = await says(latency(), (run) => {
      run.pair?.(pair({ candidate: { ended: 'late', durationMs: 30_800 } }));
      run.pair?.(pair({ candidate: { ended: 'failed', durationMs: 1 } }));
      run.pair?.(pair({ legacy: { ended: 'failed' } }));
      run.pair?.(pair({ candidate: { durationMs: Number.NaN } }));
      run.pair?.(pair(live));
    });
    expect(reading.inputs).toMatchObject({ count: 1, mean: 30_000 });
  });

  it('looks at what users waited for, where nothing runs twice', async () => {
    const gate = latency({ source: 'served', limitMs: 2_000 });
    expect(gate).toMatchObject({ name: 'latency-served', source: 'served', asksAt: { above: 0 } });
    const durations = { count: 100, sum: 100 * 1_000, squares: 100 * (1_000 ** 2 + 300 ** 2) };
    const reading = await says(gate, (run) => {
      for (let i = 0; i < 3; i += 1) run.served?.(served({ durations }));
      run.served?.(served({ leg: 'legacy', durations }));
      run.served?.(served({ durations: { count: 1, sum: Number.NaN, squares: 0 } }));
    });
    expect(reading.says).toBe('pass: latency 1000 ms over 300 calls, shown to be below 2000 ms');
    expect(reading.inputs.deviation).toBeCloseTo(300.5, 0);
  });

  it('is invalid where pairs cannot come', async () => {
    const state = stateOf({ from: 'dualwrite' });
    expect((await says(latency(), () => undefined, { state })).outcome).toBe('invalid');
  });
});

describe('the gate of lengths', () => {
  const lengths = (chars: number) => (run: GateRun) => {
    for (let i = 0; i < 150; i += 1) run.pair?.(pair({ candidate: { chars: chars + (i % 9) } }));
  };

  it('fails for replies that became twice as long, or half as long', async () => {
    expect((await says(replyLength(), lengths(500))).says).toBe(
      'fail: reply length × 2.52 over 150 pairs, shown to be above × 2.00',
    );
    expect((await says(replyLength(), lengths(60))).says).toContain('shown to be below × 0.50');
    expect((await says(replyLength(), lengths(200))).says).toBe(
      'pass: reply length × 1.02 over 150 pairs, shown to be between × 0.50 and × 2.00',
    );
    expect(() => replyLength({ longer: 0.9 })).toThrow('longer must be above 1');
  });
});

describe('the gate of coverage', () => {
  it('asks for its floor of each tenant, and names none', async () => {
    const reading = await says(coverage(), (run) => {
      for (const each of times(80, () => pair())) run.pair?.(each);
      for (const each of times(10, () => pair({ tenant: 'globex' }))) run.pair?.(each);
      run.missed?.(misses({ tenant: 'globex', count: 15 }));
    });
    expect(reading.says).toBe('invalid: coverage below 80.0 % for 1 of 2 tenants, lowest 40.0 %');
    expect(reading.inputs).toMatchObject({ pairs: 90, missed: 15, tenants: 2, below: 1 });
    expect(JSON.stringify(reading)).not.toMatch(/globex|acme/);
  });

  it('passes above it, whatever was sampled out, and holds for few', async () => {
    const feed = (count: number) => (run: GateRun) => {
      for (const each of times(count, () => pair())) run.pair?.(each);
      run.missed?.(misses({ why: 'sampled', count: 1_000 }));
      run.missed?.(misses({ stage: 'live', count: 1_000 }));
      run.missed?.(misses({ kind: 'noise', count: 1_000 }));
      run.missed?.(misses({ count: 2 }));
    };
    expect((await says(coverage(), feed(18))).says).toBe(
      'pass: coverage 90.0 % over 1 tenant, lowest 90.0 %, at least 80.0 % each',
    );
    expect((await says(coverage(), feed(17))).outcome).toBe('hold');
  });

  it('takes pairs that were not compared for missed, but a failure for compared', async () => {
    const reading = await says(coverage(), (run) => {
      run.pair?.(uncompared());
      run.pair?.(uncompared({ candidate: { ended: 'failed' } }));
    });
    expect(reading.inputs).toMatchObject({ pairs: 1, missed: 1 });
  });

  it('does not let one tenant speak for many that have too few exchanges to be asked one by one', async () => {
    const feed = (compared: number) => (run: GateRun) => {
      for (const each of times(25, () => pair())) run.pair?.(each);
      for (let i = 0; i < 40; i += 1) {
        for (const each of times(compared, () => pair({ tenant: `t${i}` }))) run.pair?.(each);
        if (compared < 10) run.missed?.(misses({ tenant: `t${i}`, count: 10 - compared }));
      }
    };
    const reading = await says(coverage(), feed(1));
    expect(reading.says).toBe(
      'invalid: coverage 10.0 % of 400 exchanges of tenants with fewer than 20 each, at least 80.0 % is asked for',
    );
    expect(reading.inputs).toMatchObject({ tenants: 1, below: 0, lowest: 1, smallShare: 0.1 });
    expect((await says(coverage(), feed(8))).outcome).toBe('pass');
    expect((await says(coverage(), feed(10))).outcome).toBe('pass');
  });

  it('asks tenants together that have too few exchanges each where there are no others', async () => {
    const feed = (compared: number) => (run: GateRun) => {
      for (let i = 0; i < 40; i += 1) {
        for (const each of times(compared, () => pair({ tenant: `t${i}` }))) run.pair?.(each);
        if (compared < 10) run.missed?.(misses({ tenant: `t${i}`, count: 10 - compared }));
      }
    };
    const of = 'of 400 exchanges of tenants with fewer than 20 each, at least 80.0 % is asked for';
    expect((await says(coverage(), feed(9))).says).toBe(`pass: coverage 90.0 % ${of}`);
    expect((await says(coverage(), feed(7))).says).toBe(`invalid: coverage 70.0 % ${of}`);
  });

  it('counts more tenants than it can hold as one', async () => {
    const reading = await says(coverage({ least: 1 }), (run) => {
      for (let i = 0; i < 10_500; i += 1) run.missed?.(misses({ tenant: `t${i}` }));
    });
    expect(reading.inputs).toMatchObject({ missed: 10_500, tenants: 10_001 });
  });
});

describe('the gate of the sample ratio', () => {
  const state = stateOf({ percent: 50, overrides: { vip: 'live', late: 'shadow' } });
  const split = (tenant: string, leg: 'legacy' | 'candidate', calls: number, at = since + hour) =>
    served({ tenant, leg, calls, at });

  it('passes while calls fall as the buckets say, by each tenant’s traffic', async () => {
    const reading = await says(
      sampleRatio(),
      (run) => {
        run.served?.(split('vip', 'candidate', 9_000));
        run.served?.(split('late', 'legacy', 1_000));
      },
      { state },
    );
    expect(reading.says).toBe(
      'pass: sample ratio: the candidate got 90.0 % of 10000 calls, 90.0 % were meant',
    );
  });

  it('is invalid when they do not, but for what is in flight at the start of a step', async () => {
    const wrong = (at: number) => (run: GateRun) => {
      run.served?.(split('vip', 'candidate', 900));
      run.served?.(split('vip', 'legacy', 300, at));
    };
    expect((await says(sampleRatio(), wrong(since + 59_999), { state })).outcome).toBe('pass');
    expect((await says(sampleRatio(), wrong(since + 60_000), { state })).says).toBe(
      'invalid: sample ratio: the candidate got 75.0 % of 1200 calls, not 100.0 % as the buckets say',
    );
  });

  it('forgives a tester, and holds for few', async () => {
    const feed = (tested: number) => (run: GateRun) => {
      run.served?.(split('late', 'legacy', 5_000));
      run.served?.(split('late', 'candidate', tested));
    };
    expect((await says(sampleRatio(), feed(40), { state })).outcome).toBe('pass');
    expect((await says(sampleRatio(), feed(400), { state })).outcome).toBe('invalid');
    const few = await says(sampleRatio(), (run) => run.served?.(split('vip', 'candidate', 40)), {
      state,
    });
    expect(few.says).toBe('hold: sample ratio needs about 60 more calls');
  });

  it('says when it begins to count, and not that calls are wanting that it passes by', async () => {
    const run = sampleRatio().begin(settingOf({ state }));
    run.served?.(split('vip', 'candidate', 5_000, since + 20_000));
    expect((await run.read(since + 20_000)).says).toBe(
      'hold: sample ratio begins to count in 40 s, when all replicas know who is where',
    );
    expect((await run.read(since + 60_000)).says).toBe(
      'hold: sample ratio needs about 100 more calls',
    );
  });

  it('is invalid where tenants have changed places, which leaves the shares as they were meant', async () => {
    const feed = (run: GateRun) => {
      run.served?.(split('vip', 'legacy', 1_000));
      run.served?.(split('late', 'candidate', 1_000));
    };
    const reading = await says(sampleRatio(), feed, { state });
    expect(reading.says).toBe(
      'invalid: sample ratio: 100.0 % of 2000 calls were answered by the other leg than the buckets say',
    );
    expect(reading.inputs).toMatchObject({ meant: 1_000, observed: 1_000, astray: 2_000 });
  });

  it('begins anew when overrides change', async () => {
    const reading = await says(
      sampleRatio(),
      (run) => {
        run.served?.(split('vip', 'candidate', 1_000));
        run.changed?.(stateOf({ percent: 50, overrides: { vip: 'shadow' } }));
        run.served?.(split('vip', 'candidate', 100, since + 2 * hour));
        run.served?.(split('vip', 'legacy', 1_000, since + 2 * hour + 60_000));
      },
      { state },
    );
    expect(reading).toMatchObject({ outcome: 'pass', inputs: { calls: 1_000, meant: 0 } });
  });
});

describe('the gate of the way back', () => {
  it('says whether there is one', async () => {
    const of = (probe: () => unknown) =>
      says(legacyAlive({ probe: probe as () => boolean }), () => undefined);
    expect(await of(() => true)).toMatchObject({ outcome: 'pass', inputs: { legacyAlive: 1 } });
    expect(await of(async () => false)).toMatchObject({
      says: 'fail: legacy is gone: there is nothing to roll back to',
      inputs: { legacyAlive: 0 },
    });
    expect(await of(() => 'yes')).toMatchObject({ outcome: 'invalid', inputs: {} });
    const throwing = await of(() => {
      throw new Error('no');
    });
    expect(throwing.outcome).toBe('invalid');
  });

  it('asks every so often, and gives up on what hangs', async () => {
    vi.useFakeTimers();
    try {
      const probe = vi.fn((signal: AbortSignal) => new Promise<boolean>(() => signal));
      const run = legacyAlive({ probe, everyMs: 1_000, timeoutMs: 50 }).begin(settingOf());
      const readings = [run.read(0), run.read(999)];
      await vi.advanceTimersByTimeAsync(50);
      expect((await Promise.all(readings)).map(({ outcome }) => outcome)).toEqual([
        'invalid',
        'invalid',
      ]);
      expect(probe).toHaveBeenCalledTimes(1);
      expect(probe.mock.calls[0]?.[0].aborted).toBe(true);
      void run.read(1_000);
      expect(probe).toHaveBeenCalledTimes(2);
      expect(vi.getTimerCount()).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what a gate asks the world', () => {
  it('is asked anew by a clock that went back, which would keep the old answer for long', async () => {
    const answers = [true, false, true];
    const run = legacyAlive({ probe: () => answers.shift() ?? true }).begin(settingOf({}));
    const outcomes: string[] = [];
    for (const at of [now, now - 59_999, now - 60_000, now - 119_999, now - hour]) {
      outcomes.push((await run.read(at)).outcome);
    }
    expect(outcomes).toEqual(['pass', 'pass', 'fail', 'fail', 'pass']);
  });
});

describe('the gate of the outbox', () => {
  it.each<[unknown, string]>([
    [0, 'pass: nothing waits to be learned'],
    [60_000, 'pass: the oldest exchange has waited 60 s to be learned, 15 min are allowed'],
    [3_600_000, 'fail: the oldest exchange has waited 60 min to be learned, 15 min are allowed'],
    [Number.NaN, 'invalid: nobody can tell how long learning waits'],
    [undefined, 'invalid: nobody can tell how long learning waits'],
  ])('%s', async (lag, sentence) => {
    const gate = outboxLag({ lagMs: () => lag as number });
    expect((await says(gate, () => undefined)).says).toBe(sentence);
  });
});

describe('the gate of an attestation', () => {
  const smoke = { kind: 'smoke', ok: true, at: since + 9 * hour };

  it('takes the latest word of its kind since the step began', async () => {
    const gate = attestation('smoke');
    expect((await says(gate, () => undefined)).says).toBe('hold: nobody has attested smoke yet');
    const stale = await says(gate, (run) => {
      run.attested?.({ ...smoke, at: since - 1 });
      run.attested?.({ ...smoke, kind: 'backup' });
    });
    expect(stale.outcome).toBe('hold');
    const first = await says(gate, (run) => run.attested?.({ ...smoke, at: since }));
    expect(first.outcome).toBe('pass');
    expect((await says(gate, (run) => run.attested?.(smoke))).says).toBe(
      'pass: smoke was attested as done, 60 min ago',
    );
    const failed = await says(gate, (run) => {
      run.attested?.(smoke);
      run.attested?.({ ...smoke, ok: false });
    });
    expect(failed.says).toBe('fail: smoke was attested as failed, 60 min ago');
  });

  it('fails when nobody has vouched in time', async () => {
    const late = await says(attestation('smoke', { withinMs: 1_800_000 }), () => undefined);
    expect(late.says).toBe('fail: nobody has attested smoke within 30 min of the step');
    const waiting = await says(attestation('smoke', { withinMs: 12 * hour }), () => undefined);
    expect(waiting.says).toBe('hold: nobody has attested smoke yet, 2 h are left');
    expect(() => attestation('', { withinMs: 0 })).toThrow(/kind must.*withinMs must/s);
  });
});

describe('options of a gate', () => {
  it.each([0.05, null])('that are %j are refused, not passed over', (options) => {
    for (const gate of [servedErrors, replyLength]) {
      expect(() => gate(options as never)).toThrow(`options must be an object, not ${options}`);
    }
  });

  it('are refused all at once, a tripwire that is none too', () => {
    const wrong = { name: '', tripwire: 5 };
    expect(() => servedErrors(wrong as never)).toThrow(
      /name must .*tripwire must be an object, or false, not 5/,
    );
  });
});
