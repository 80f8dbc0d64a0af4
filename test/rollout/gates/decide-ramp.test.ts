import { describe, expect, it } from 'vitest';
import type { RolloutStatus } from '../../../src/core/contracts/rollout-state.ts';
import { decideRamp } from '../../../src/rollout/decisions/decide-ramp.ts';
import type { RampDecision, Standing } from '../../../src/rollout/decisions/decision.ts';
import type { GateOutcome, GateReading } from '../../../src/rollout/gates/gate.ts';
import { since, stateOf } from './evidence.ts';

const day = 86_400_000;

function standingOf(said: Partial<Standing> = {}): Standing {
  return {
    state: stateOf(),
    step: { percent: 25 },
    next: { percent: 50 },
    at: since + day,
    pairs: 100,
    approved: false,
    legacyAlive: true,
    automatic: true,
    ...said,
  };
}

function reading(
  outcome: GateOutcome,
  role: 'guardrail' | 'signal' = 'guardrail',
  more: Partial<GateReading> = {},
): GateReading {
  const says = `${outcome}: so it is`;
  return { gate: role, source: 'pairs', outcome, says, inputs: {}, role, ...more };
}

const passes = [reading('pass'), reading('pass', 'signal')];

describe('what is decided about a ramp', () => {
  const outcomes = ['pass', 'fail', 'hold', 'invalid'] as const;
  const statuses: RolloutStatus[] = [
    'ramping',
    'held',
    'awaiting-approval',
    'rolled-back',
    'latched',
    'frozen',
    'complete',
  ];

  /** The rules once more, as a person would tell them. */
  function expected(
    status: RolloutStatus,
    guardrail: GateOutcome,
    signal: GateOutcome,
    alive: boolean,
  ): RampDecision['does'] {
    if (['rolled-back', 'latched', 'complete'].includes(status)) return 'stay';
    if (guardrail === 'fail' && alive) return 'roll-back';
    if (!alive) return status === 'frozen' ? 'stay' : 'freeze';
    if (status === 'held' || status === 'frozen') return 'stay';
    if (signal === 'fail') return 'pause';
    return guardrail === 'pass' && signal === 'pass' ? 'advance' : 'stay';
  }

  const all = statuses.flatMap((status) =>
    outcomes.flatMap((guardrail) =>
      outcomes.flatMap((signal) =>
        [true, false].map((alive) => [status, guardrail, signal, alive] as const),
      ),
    ),
  );

  it.each(all)('%s, guardrail %s, signal %s, alive %s', (status, guardrail, signal, alive) => {
    const standing = standingOf({ state: stateOf({ status }), legacyAlive: alive });
    const readings = [reading(guardrail), reading(signal, 'signal')];
    const decision = decideRamp(standing, readings);
    expect(decision.does).toBe(expected(status, guardrail, signal, alive));
    expect(decision.readings).toBe(readings);
    expect(decision.why).not.toMatch(/undefined|NaN/);
  });

  it.each<[string, Partial<Standing>, RampDecision['does'], string]>([
    ['climbs', {}, 'advance', 'every gate passes'],
    ['waits for a person', { automatic: false }, 'stay', 'every gate passes: a person may advance'],
    ['stays at the last step', { next: undefined }, 'stay', 'the step is the last'],
    ['needs pairs', { pairs: 58 }, 'stay', 'the step needs 42 more pairs'],
    ['holds', { at: since + day - 7_200_000 }, 'stay', 'the step is held for another 2 h'],
    [
      'holds as long as told',
      { step: { percent: 25, holdMs: 2 * day } },
      'stay',
      'the step is held for another 24 h',
    ],
    [
      'sees a whole day before half of the tenants move',
      { step: { percent: 25, holdMs: 0 }, at: since + 3_600_000 },
      'stay',
      'a whole day has to be seen before half of the tenants move, another 23 h',
    ],
    [
      'and before more than half do',
      { step: { percent: 50, holdMs: 0 }, next: { percent: 100 }, at: since },
      'stay',
      'a whole day has to be seen before half of the tenants move, another 24 h',
    ],
    [
      'but sees as short a cycle as told',
      { step: { percent: 25, holdMs: 0 }, at: since + 2, dailyCycleMs: 1 },
      'advance',
      'every gate passes',
    ],
    [
      'and is quick below',
      { step: { percent: 5, holdMs: 0 }, next: { percent: 25 }, at: since },
      'advance',
      'every gate passes',
    ],
    [
      'asks for approval last',
      { step: { percent: 25, approval: true } },
      'await-approval',
      'every gate passes: a person has to approve the next step',
    ],
    [
      'asks for none before its time',
      { step: { percent: 25, approval: true }, at: since },
      'stay',
      'the step is held for another 24 h',
    ],
    [
      'goes on once approved',
      { step: { percent: 25, approval: true }, approved: true },
      'advance',
      'every gate passes',
    ],
  ])('%s', (_, said, does, why) => {
    expect(decideRamp(standingOf(said), passes)).toMatchObject({ does, why });
  });

  it('never acts upon dry runs', () => {
    const dry = outcomes.map((outcome) => reading(outcome, 'guardrail', { dryRun: true }));
    expect(decideRamp(standingOf(), [...passes, ...dry]).does).toBe('advance');
  });

  it('needs pairs only where a gate looks at them', () => {
    const served = passes.map((each) => ({ ...each, source: 'served' as const }));
    expect(decideRamp(standingOf({ pairs: 0 }), served).does).toBe('advance');
  });

  it('freezes when a gate finds that the way back is dead, whatever else holds', () => {
    const dead = reading('fail', 'guardrail', { source: 'probe', inputs: { legacyAlive: 0 } });
    expect(decideRamp(standingOf(), [...passes, dead]).does).toBe('freeze');
    expect(decideRamp(standingOf(), [reading('fail'), dead]).does).toBe('freeze');
    const dry = { ...dead, dryRun: true as const };
    expect(decideRamp(standingOf(), [...passes, dry]).does).toBe('advance');
  });

  it('takes a reading without a role for a guardrail’s', () => {
    const { role: _, ...unsaid } = reading('fail');
    expect(decideRamp(standingOf(), [unsaid]).does).toBe('roll-back');
  });

  it('does not need legacy once the migration is complete', () => {
    const step = { percent: 100, to: 'complete' } as const;
    const standing = standingOf({ step, next: undefined, legacyAlive: false });
    expect(decideRamp(standing, passes).does).toBe('stay');
  });
});
