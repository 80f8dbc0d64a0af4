import { describe, expect, it } from 'vitest';
import { extentOf, violationsOf } from './check-history.ts';
import type { HistoryEvent, SeenState } from './history.ts';

const states: readonly SeenState[] = [
  { version: 1, actor: 'system', percent: 0, status: 'ramping' },
  { version: 2, actor: 'ada 1', percent: 50, status: 'ramping' },
  { version: 3, actor: 'ada 2', percent: 0, status: 'rolled-back' },
  { version: 4, actor: 'bob 1', percent: 0, status: 'ramping' },
  { version: 5, actor: 'ada 3', percent: 50, status: 'ramping' },
  { version: 6, actor: 'system', percent: 0, status: 'latched' },
];
const stateOf = (version: number): SeenState => states[version - 1] as SeenState;

const obeyed = (by: string, at: number, version: number): HistoryEvent => {
  const state = stateOf(version);
  return { kind: 'obeyed', by, at, state, serves: state.percent > 0 };
};
const begun = (at: number, actor: string, action: string): HistoryEvent => {
  return { kind: 'begun', by: actor.slice(0, 3), at, actor, action };
};
const done = (at: number, actor: string, state: SeenState): HistoryEvent => {
  return { kind: 'done', by: actor.slice(0, 3), at, actor, state };
};
const calls = (by: string, at: number[], legs: string): HistoryEvent => {
  return { kind: 'calls', by, at, legs };
};
const entered = (state: SeenState): HistoryEvent => ({ kind: 'entered', state });

/** A history in which everything was kept: up at 20, back at 40, acknowledged at 50, up again from 60 on. */
const kept: readonly HistoryEvent[] = [
  ...states.map(entered),
  begun(20, 'ada 1', 'set'),
  done(22, 'ada 1', stateOf(2)),
  begun(40, 'ada 2', 'rollback'),
  done(42, 'ada 2', stateOf(3)),
  { kind: 'acknowledged', by: 'ada', at: 50, version: 3 },
  begun(60, 'bob 1', 'resume'),
  done(62, 'bob 1', stateOf(4)),
  begun(64, 'ada 3', 'set'),
  done(66, 'ada 3', stateOf(5)),
  ...[1, 2, 3].flatMap((n) => {
    const by = `replica-${n}.0`;
    return [
      obeyed(by, 10, 1),
      obeyed(by, 23, 2),
      // The last replica has missed it: its lease ran out at 48.
      ...(n === 3 ? [] : [obeyed(by, 43 + n, 3)]),
      obeyed(by, 67, 5),
      obeyed(by, 80, 6),
      calls(by, [12, 30, 41, 55, 70, 85], 'lcclcl'),
    ];
  }),
];

describe('the checker of histories', () => {
  it('has nothing against a history in which everything was kept', () => {
    expect(violationsOf(kept)).toEqual([]);
    expect(extentOf(kept)).toEqual({
      versions: 6,
      candidate: 9,
      legacy: 9,
      acknowledged: 1,
      latched: 1,
      kills: 0,
    });
  });

  it.each<[string, string, readonly HistoryEvent[]]>([
    [
      'a call of the candidate after a rollback was acknowledged by all',
      'replica-3.0 called the candidate 1 × after the acknowledged rollback of version 3',
      [calls('replica-3.0', [51], 'c')],
    ],
    [
      'a call of the candidate in a replica that has obeyed the rollback',
      'replica-1.0 called the candidate 1 × by version 3',
      [calls('replica-1.0', [46], 'c')],
    ],
    [
      'a call of the candidate in a replica that was killed',
      'replica-2.0 called the candidate 1 × although it was killed',
      [
        { kind: 'killed', by: 'replica-2.0', at: 41.5, actor: 'ada 2' },
        calls('replica-2.0', [42], 'c'),
      ],
    ],
    ['a version that went back', 'went back to version 4', [obeyed('replica-2.0', 90, 4)]],
    [
      'a version that was obeyed twice by one process',
      'went back to version 6',
      [obeyed('replica-2.0', 90, 6)],
    ],
    [
      'a version that went back when its process was started anew',
      'replica-1.1 went back to version 5',
      [obeyed('replica-1.1', 90, 5)],
    ],
    [
      'two operators who have both won a version',
      'version 5 was won by ada 3 and bob 2',
      [done(66, 'bob 2', { ...stateOf(5), actor: 'bob 2' })],
    ],
    [
      'a version that two have seen as different ones',
      'replica-1.0 has seen version 6 as latched 50 % by system',
      [
        {
          kind: 'obeyed',
          by: 'replica-1.0',
          at: 79,
          state: { ...stateOf(6), percent: 50 },
          serves: true,
        },
      ],
    ],
    [
      'a percentage that rose while the ramp was latched',
      'version 7 rose while latched',
      [entered({ version: 7, actor: 'bob 9', percent: 5, status: 'latched' })],
    ],
    [
      'a machine that went on by itself',
      'version 7 went on from latched unresumed',
      [entered({ version: 7, actor: 'system', percent: 0, status: 'ramping' })],
    ],
    [
      'a latch that was taken off by another action than resume()',
      'version 7 went on from latched unresumed',
      [
        begun(90, 'bob 9', 'rollback'),
        entered({ version: 7, actor: 'bob 9', percent: 0, status: 'rolled-back' }),
      ],
    ],
    [
      'a version that is missing in the trail',
      'version 8 is not the next one',
      [entered({ version: 8, actor: 'system', percent: 0, status: 'latched' })],
    ],
  ])('finds %s', (_, violation, planted) => {
    const found = violationsOf([...kept, ...planted]);
    expect(found.join('\n')).toContain(violation);
  });

  it('holds a replica that was started anew to the version that the one before has ended with', () => {
    expect(violationsOf([...kept, obeyed('replica-1.1', 90, 6)])).toEqual([]);
  });

  it('releases a killed replica when it obeys the version that the kill was entered as', () => {
    const killed: HistoryEvent = { kind: 'killed', by: 'replica-1.0', at: 41.5, actor: 'ada 2' };
    expect(violationsOf([...kept, killed])).toEqual([]);
  });
});
