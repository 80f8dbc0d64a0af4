import type { Clock } from '../core/clock.ts';
import type { LaneName, Reporter } from '../core/events.ts';
import type { LaneOptions } from '../core/lane.ts';
import type { Warn } from './loss.ts';
import type { LaneWork } from './work.ts';

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
