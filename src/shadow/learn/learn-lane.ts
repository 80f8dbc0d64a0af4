import type { ServedExchange } from '../../core/contracts/exchange.ts';
import type { LaneOptions, OwnedLane } from '../../core/contracts/lane.ts';
import type { Learner } from '../../core/contracts/learner.ts';
import type { Reporter } from '../../core/events/events.ts';
import type { Clock } from '../../core/time/clock.ts';
import { createLane } from '../lane/lane.ts';
import type { Warn } from '../lane/loss.ts';
import { toSafeReporter } from '../lane/safe-reporter.ts';
import { LearnWork } from './learn-work.ts';

/** What a learn lane is made of. */
export interface LearnLaneSetup {
  readonly options?: LaneOptions | undefined;
  /** Where tenants' exchanges go. */
  readonly learner: Learner;
  readonly clock: Clock;
  readonly random: () => number;
  readonly reporter: Reporter;
  readonly warn?: Warn | undefined;
}

/** Makes the lane in which served exchanges are learned, one at a time per scope of the service. */
export function createLearnLane(setup: LearnLaneSetup): OwnedLane<ServedExchange> {
  const { options, clock, random, warn, learner } = setup;
  const reporter = toSafeReporter(setup.reporter);
  const work = new LearnWork({ learner, clock, random, reporter });
  return createLane({ name: 'learn', options, clock, reporter, warn, work });
}
