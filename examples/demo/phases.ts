import type { Stage } from 'engramia-cutover';
import type { PercentageFlagsChange } from 'engramia-cutover/flags';
import type { Length } from './load.ts';

/** What is done to the cutover or to its surroundings when a phase begins. */
export type Change =
  | { readonly do: 'set' | 'complete'; readonly ramp: PercentageFlagsChange }
  | { readonly do: 'serviceDown' | 'serviceUp' | 'kill' | 'revive' };

/** One part of the walk. */
export interface Phase extends Length {
  readonly name: string;
  readonly change: Change;
  /** The mirrored candidate has flaws, and a report of the phase has to find them. @default false */
  readonly isFlawed?: boolean;
  /** What happens, in words. */
  readonly note: string;
}

const ramp = (percent: number): Change => ({
  do: 'set',
  ramp: { from: 'shadow', to: 'live', percent },
});
const everyone = (stage: Stage): Change => ({ do: 'set', ramp: { from: stage, to: stage } });

/** The whole walk, in order. */
export const phases: readonly Phase[] = [
  { name: 'off', change: everyone('off'), ms: 1200, note: 'legacy serves, nothing else happens' },
  {
    name: 'dualwrite',
    change: everyone('dualwrite'),
    ms: 1800,
    note: 'legacy serves, its exchanges are learned',
  },
  {
    name: 'shadow',
    change: everyone('shadow'),
    ms: 2200,
    leastPairs: 150,
    isFlawed: true,
    note: 'the candidate also runs, off the users’ path; three flaws are planted in its answers',
  },
  { name: 'live 5 %', change: ramp(5), ms: 1400, note: 'the candidate is mended, the ramp begins' },
  { name: 'live 25 %', change: ramp(25), ms: 1400, note: 'more tenants, none goes back' },
  {
    name: 'live 50 %',
    change: ramp(50),
    ms: 1400,
    note: 'half of the tenants, as they are hashed',
  },
  {
    name: '50 %, service down',
    change: { do: 'serviceDown' },
    ms: 1400,
    note: 'Engramia refuses connections; users must not notice',
  },
  {
    name: '50 %, service up',
    change: { do: 'serviceUp' },
    ms: 1800,
    note: 'Engramia is back; what waited is delivered',
  },
  { name: 'live 100 %', change: ramp(100), ms: 1400, note: 'the candidate serves everyone' },
  { name: 'back', change: { do: 'kill' }, ms: 1000, note: 'kill(): legacy from the next call on' },
  { name: 'live again', change: { do: 'revive' }, ms: 1200, note: 'revive(): the flags decide' },
  {
    name: 'complete',
    change: { do: 'complete', ramp: { from: 'complete', to: 'complete' } },
    ms: 1400,
    note: 'legacy is not called any more; without a fallback, so the candidate’s failures end here',
  },
];
