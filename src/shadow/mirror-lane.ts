import type { Clock } from '../core/clock.ts';
import type { Reporter } from '../core/events.ts';
import type { MirrorableExchange } from '../core/exchange.ts';
import type { LaneOptions, OwnedLane } from '../core/lane.ts';
import { createLane } from './lane.ts';
import type { Warn } from './loss.ts';
import { MirrorTask } from './mirror-task.ts';
import { MirrorWork } from './mirror-work.ts';

/** What a mirror lane is made of. */
export interface MirrorLaneSetup {
  readonly options?: LaneOptions | undefined;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly warn?: Warn | undefined;
  /** Whether a kill is in force: then nothing that waits is started. @default never */
  readonly isKilled?: (() => boolean) | undefined;
}

/** Makes the lane in which the other leg of served calls is run, observed and thrown away. */
export function createMirrorLane(setup: MirrorLaneSetup): OwnedLane<MirrorableExchange> {
  const lane = createLane({ ...setup, name: 'mirror', work: new MirrorWork(setup) });
  return {
    offer: (exchange) => lane.offer(new MirrorTask(exchange)),
    skip: (reason) => lane.skip(reason),
    stats: () => lane.stats(),
    flush: (timeoutMs) => lane.flush(timeoutMs),
    close: (timeoutMs) => lane.close(timeoutMs),
  };
}
