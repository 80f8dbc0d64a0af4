import type { LaneOptions } from '../../core/contracts/lane.ts';
import type { LaneName, Reporter } from '../../core/events/events.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { LaneWork } from '../work.ts';
import type { Warn } from './loss.ts';

/** What a lane is made of. */
export interface LaneSetup<Item, Ready> {
  name: LaneName;
  options?: LaneOptions | undefined;
  clock: Clock;
  reporter: Reporter;
  /** Where overflow is told. @default nowhere */
  warn?: Warn | undefined;
  work: LaneWork<Item, Ready>;
}
