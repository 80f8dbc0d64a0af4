import type { Stage } from 'engramia-cutover';
import type { Length } from './load.ts';
import type { Condition } from './models.ts';

/** What is done to the ramp or to its surroundings when a phase begins; people's actions are Ada's. */
export type Change =
  | { readonly do: 'from'; readonly stage: Stage; readonly reason: string }
  | { readonly do: 'resume' | 'approve' | 'complete'; readonly reason: string }
  | { readonly do: 'serviceDown' | 'serviceUp' | 'kill' | 'revive' | 'nothing' };

/** What a phase waits for: a percentage, a status, or that `complete()` has nothing in its way. */
export type Goal = number | 'latched' | 'awaiting-approval' | 'ready';

/** One part of the walk. */
export interface Phase extends Length {
  readonly name: string;
  readonly change: Change;
  /** Users ask until the ramp is there. @default no longer than `ms` */
  readonly until?: Goal;
  /** How good the candidate is from here on. @default as it was */
  readonly candidate?: Condition;
  /** What was compared gets a report. @default false */
  readonly isReported?: boolean;
  /** The ramp takes steps within the phase: its tenants are counted at the end. @default false, at the start */
  readonly climbs?: boolean;
  /** What happens, in words. */
  readonly note: string;
}

/** The whole walk, in order. */
export const phases: readonly Phase[] = [
  {
    name: 'off',
    change: { do: 'nothing' },
    ms: 800,
    note: 'legacy serves, nothing else happens',
  },
  {
    name: 'dualwrite',
    change: { do: 'from', stage: 'dualwrite', reason: 'stage 1: learn what users get' },
    ms: 1200,
    note: 'legacy serves, its exchanges are learned',
  },
  {
    name: 'shadow',
    change: { do: 'from', stage: 'shadow', reason: 'stage 2: compare' },
    candidate: 'flawed',
    ms: 1000,
    leastPairs: 120,
    until: 'latched',
    isReported: true,
    note: 'the candidate also runs, off the users’ path; three flaws are planted, and a gate latches the ramp',
  },
  {
    name: 'live 0 %',
    change: { do: 'resume', reason: 'the three flaws are mended' },
    candidate: 'usual',
    ms: 300,
    until: 5,
    note: 'the candidate is mended; the plan’s gates look at new pairs',
  },
  {
    name: 'live 5 %',
    change: { do: 'nothing' },
    ms: 300,
    until: 25,
    note: 'every gate has passed',
  },
  {
    name: 'live 25 %',
    change: { do: 'nothing' },
    ms: 300,
    until: 50,
    note: 'more tenants, none goes back',
  },
  {
    name: 'live 50 %',
    change: { do: 'nothing' },
    ms: 300,
    until: 'awaiting-approval',
    note: 'half of the tenants; before the others a person is asked',
  },
  {
    name: '50 %, service down',
    change: { do: 'serviceDown' },
    ms: 1000,
    note: 'Engramia refuses connections; users must not notice',
  },
  {
    name: '50 %, service up',
    change: { do: 'serviceUp' },
    ms: 1400,
    note: 'Engramia is back; what waited is delivered',
  },
  { name: 'back', change: { do: 'kill' }, ms: 700, note: 'kill(): legacy from the next call on' },
  { name: 'live again', change: { do: 'revive' }, ms: 800, note: 'revive(): the ramp decides' },
  {
    name: 'regression',
    change: { do: 'nothing' },
    candidate: 'regressed',
    ms: 300,
    until: 'latched',
    isReported: true,
    note: 'the candidate begins to answer wrongly, and nobody does anything about it',
  },
  {
    name: 'rolled back',
    change: { do: 'nothing' },
    ms: 800,
    note: 'the ramp rolled back by itself: legacy serves, and nothing climbs without a person',
  },
  {
    name: 'climb again',
    change: { do: 'resume', reason: 'the release with the wrong answers is withdrawn' },
    candidate: 'mended',
    ms: 300,
    until: 'awaiting-approval',
    climbs: true,
    note: 'a person has mended it and resumes: 0, 5, 25, 50 %, on new evidence',
  },
  {
    name: 'live 100 %',
    change: { do: 'approve', reason: 'half of the tenants went well' },
    ms: 300,
    until: 'ready',
    note: 'a person has approved: the candidate serves everyone',
  },
  {
    name: 'complete',
    change: { do: 'complete', reason: 'held long enough, nothing reached legacy' },
    ms: 800,
    note: 'legacy is not called any more',
  },
];
