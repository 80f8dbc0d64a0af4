import type { Filled } from '../../core/given-options.ts';
import { dayMs } from '../../core/time/spans.ts';
import type { RolloutPlan } from './plan.ts';

/**
 * The ladder of the migration guide: 0, 5, 25, 50 and 100 percent, each held a day, then `rampdown`, then `complete`. It has
 * no gates and climbs only by a person's word: add both as you need them.
 */
export const defaultPlan: Filled<RolloutPlan> = Object.freeze({
  from: 'shadow',
  steps: Object.freeze([
    { percent: 0 },
    { percent: 5 },
    { percent: 25 },
    { percent: 50 },
    { percent: 100 },
    { percent: 100, to: 'rampdown' },
    { percent: 100, to: 'complete' },
  ] as const),
  gates: Object.freeze([]),
  automatic: false,
  holdMs: dayMs,
  minPairs: 100,
  alpha: 0.05,
  dailyCycleMs: dayMs,
  completeAfterMs: 7 * dayMs,
});
