import { describe, expect, it } from 'vitest';
import { attestation } from '../../../src/rollout/gates/attestation.ts';
import { coverage } from '../../../src/rollout/gates/coverage.ts';
import type { Gate, GateRun } from '../../../src/rollout/gates/gate.ts';
import { NoiseJoin } from '../../../src/rollout/gates/noise-join.ts';
import { outboxLag } from '../../../src/rollout/gates/outbox-lag.ts';
import { misses, pair, settingOf, since, times } from './evidence.ts';

const outcomeOf = async (gate: Gate, at = since, feed?: (run: GateRun) => void) => {
  const run = gate.begin(settingOf());
  feed?.(run);
  return (await run.read(at)).outcome;
};

describe('a limit that is just kept', () => {
  it('is kept by the coverage of a tenant', async () => {
    const feed = (missed: number) => (run: GateRun) => {
      for (const one of times(20 - missed, () => pair())) run.pair?.(one);
      run.missed?.(misses({ count: missed }));
    };
    expect(await outcomeOf(coverage({ floor: 0.8 }), since, feed(4))).toBe('pass');
    expect(await outcomeOf(coverage({ floor: 0.8 }), since, feed(5))).toBe('invalid');
  });

  it('is kept by learning that waits as long as it may', async () => {
    const gate = (lag: number) => outboxLag({ lagMs: () => lag, limitMs: 1_000 });
    expect(await outcomeOf(gate(1_000))).toBe('pass');
    expect(await outcomeOf(gate(1_001))).toBe('fail');
  });

  it('is kept until the last millisecond in which somebody may attest', async () => {
    const gate = attestation('smoke', { withinMs: 1_000 });
    expect(await outcomeOf(gate, since + 1_000)).toBe('hold');
    expect(await outcomeOf(gate, since + 1_001)).toBe('fail');
  });
});

describe('exchanges without a tenant’s name', () => {
  it('are one with those of tenants that are not counted apart, not a tenant', async () => {
    const reading = coverage({ least: 1 }).begin(settingOf());
    reading.missed?.(misses({ tenant: '', count: 3 }));
    for (const one of times(10_000, (n) => pair({ tenant: `tenant-${n}` }))) reading.pair?.(one);
    reading.missed?.(misses({ tenant: 'one more', count: 2 }));
    const { inputs } = await reading.read(since);
    expect(inputs).toMatchObject({ pairs: 10_000, missed: 5, below: 1 });
  });
});

describe('the two pairs of an exchange', () => {
  it('are joined once, whichever comes first', () => {
    const join = new NoiseJoin();
    expect(join.add('one', 'compare', true)).toBeUndefined();
    expect(join.add('one', 'noise', false)).toEqual({ compare: true, noise: false });
    expect(join.add('one', 'noise', false)).toBeUndefined();
    expect(join.add('two', 'noise', true)).toBeUndefined();
    expect(join.add('two', 'noise', true)).toBeUndefined();
    expect(join.add('two', 'compare', false)).toEqual({ compare: false, noise: true });
  });
});
