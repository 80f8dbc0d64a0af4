import type { Budget } from '../../core/contracts/budget.ts';
import type { MirrorableExchange } from '../../core/contracts/exchange.ts';
import type { LaneOptions, OwnedLane } from '../../core/contracts/lane.ts';
import type { PairSink } from '../../core/contracts/pair-sink.ts';
import type { Reporter } from '../../core/events/events.ts';
import type { Clock } from '../../core/time/clock.ts';
import { BudgetGuard } from '../budget/budget-guard.ts';
import { createLane } from '../lane/lane.ts';
import type { Warn } from '../lane/loss.ts';
import { toSafeReporter } from '../lane/safe-reporter.ts';
import { DropMemory } from './drop-memory.ts';
import { MirrorTask } from './mirror-task.ts';
import { MirrorWork } from './mirror-work.ts';
import { PairOutlet } from './pair-outlet.ts';
import { ToldPairsLane } from './told-pairs-lane.ts';

/** What a mirror lane is made of. */
export interface MirrorLaneSetup {
  readonly options?: LaneOptions | undefined;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly warn?: Warn | undefined;
  /** Whether a kill is in force: then nothing that waits is started. @default never */
  readonly isKilled?: (() => boolean) | undefined;
  /** Where compared exchanges go. @default nowhere */
  readonly pairs?: PairSink | undefined;
  /** What mirrors may use. @default all that they want */
  readonly budget?: Budget | undefined;
}

/** Makes the lane in which legs of served calls are run once more, observed and thrown away. */
export function createMirrorLane(setup: MirrorLaneSetup): OwnedLane<MirrorableExchange> {
  const { pairs: sink, clock } = setup;
  const reporter = toSafeReporter(setup.reporter);
  if (sink === undefined) return laneOf(setup, reporter);
  const outlet = new PairOutlet({ sink, clock, reporter });
  const drops = new DropMemory(reporter);
  return new ToldPairsLane({ lane: laneOf(setup, drops, outlet), drops, outlet, clock });
}

function laneOf(
  { options, clock, warn, isKilled, budget }: MirrorLaneSetup,
  reporter: Reporter,
  outlet?: PairOutlet,
): OwnedLane<MirrorableExchange> {
  const guard = budget && new BudgetGuard({ budget, reporter, warn: warn ?? (() => undefined) });
  const work = new MirrorWork({ clock, reporter, isKilled, outlet, budget: guard });
  const lane = createLane({ name: 'mirror', options, clock, reporter, warn, work });
  return {
    offer: (exchange) => {
      const task = new MirrorTask(exchange);
      const isTaken = lane.offer(task);
      // Tools that follow async resources are told of this one's end, too.
      if (!isTaken) task.emitDestroy();
      return isTaken;
    },
    skip: (reason) => lane.skip(reason),
    stats: () => lane.stats(),
    flush: (timeoutMs) => lane.flush(timeoutMs),
    close: (timeoutMs) => lane.close(timeoutMs),
  };
}
