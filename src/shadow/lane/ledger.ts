import type {
  DropReason,
  LaneCounts,
  SkipReason,
  TaskOutcome,
} from '../../core/contracts/counts.ts';
import type { LaneOptions } from '../../core/contracts/lane.ts';
import type { LaneName, Reporter } from '../../core/events/events.ts';
import type { Filled } from '../../core/given-options.ts';
import type { Ending, LaneWork } from '../work.ts';
import { Loss, lossWords, type Warn } from './loss.ts';
import { contain } from './safe-reporter.ts';
import { Tally } from './tally.ts';
import type { Task } from './task.ts';
import { Tenants } from './tenants.ts';

/** What gave way, and has not been told; without a tenant: what does not say whose it is. */
type Evicted<What> =
  | { readonly what: What; readonly tenant: string; readonly why: DropReason }
  | { readonly what: What; readonly tenant: undefined; readonly why: 'unreadable' };

/** Counts what becomes of tasks, charges what they hold, and tells both. The one place where a task comes to its end. */
export class Ledger<Item, Ready> {
  readonly tenants: Tenants<Task<Item, Ready>>;
  readonly #tally = new Tally();
  readonly #name: LaneName;
  readonly #work: LaneWork<Item, Ready>;
  readonly #reporter: Reporter;
  readonly #dropped: Loss;
  readonly #late: Loss;
  /** Tasks that had worked when one was late last. */
  #workedBefore = 0;
  readonly #evicted: Evicted<Item | Ready>[] = [];

  constructor(
    name: LaneName,
    limits: Filled<LaneOptions>,
    work: LaneWork<Item, Ready>,
    reporter: Reporter,
    warn: Warn,
  ) {
    this.tenants = new Tenants(limits);
    this.#name = name;
    this.#work = work;
    this.#reporter = reporter;
    const safely: Warn = (code, message) => contain(() => warn(code, message), undefined);
    this.#dropped = new Loss(name, safely, lossWords.ofRoom);
    this.#late = new Loss(name, safely, lossWords.ofAge);
  }

  counts(pending: number): LaneCounts {
    return this.#tally.counts(pending);
  }

  /** Counts an offer that was taken up. */
  accept(): void {
    this.#tally.offered++;
    this.#tally.accepted++;
  }

  /** Counts an offer that was not taken up, by decision. */
  skipOffer(reason: SkipReason): void {
    this.#tally.offered++;
    this.#tally.skip(reason);
  }

  /** Counts an offer that was not taken up, for lack of room. */
  refuse(tenant: string, reason: DropReason): void {
    this.#tally.offered++;
    this.#tally.drop(reason);
    this.#tellDrop(tenant, reason);
  }

  /** A task that was taken up turns out not to be wanted. Its place must have been given up before. */
  skip(task: Task<Item, Ready>, reason: SkipReason): void {
    this.#tally.accepted--;
    this.#tally.skip(reason);
    this.#finish(task, reason);
  }

  /**
   * A task that was taken up gives way. Its place must have been given up before. Told by `tellEvicted` when the room
   * has been taken: whoever is told may offer again.
   */
  evict(task: Task<Item, Ready>, reason: DropReason): void {
    this.free(task);
    this.turnAway(task.what as Item | Ready, task.account.tenant, reason);
    task.what = undefined;
  }

  /** The same of what has been charged to no tenant yet. */
  turnAway(what: Item | Ready, tenant: string, reason: DropReason): void {
    this.#tally.accepted--;
    this.#tally.drop(reason);
    this.#evicted.push({ what, tenant, why: reason });
  }

  /** The same of what does not say whose it is. */
  skipUnread(what: Item): void {
    this.#tally.accepted--;
    this.#tally.skip('unreadable');
    this.#evicted.push({ what, tenant: undefined, why: 'unreadable' });
  }

  tellEvicted(): void {
    if (this.#evicted.length === 0) return;
    for (const { what, tenant, why } of this.#evicted.splice(0)) {
      if (tenant !== undefined) this.#tellDrop(tenant, why);
      this.#tellEnd(what, why);
    }
  }

  /** A task has ended and holds nothing any more. Its place must have been given up before. */
  end(task: Task<Item, Ready>, outcome: TaskOutcome, error?: unknown): void {
    this.#tally.end(outcome);
    this.#finish(task, outcome, error);
  }

  /** The same of one whose turn has not come in time. */
  expire(task: Task<Item, Ready>): void {
    this.#late.count();
    this.#workedBefore = this.#tally.worked;
    this.end(task, 'timedOut');
  }

  /** A task is over for those who count, but holds what it holds until `free`. */
  lose(task: Task<Item, Ready>, outcome: TaskOutcome): void {
    this.#tally.end(outcome);
    task.state = 'lost';
    this.#tell(task, outcome);
  }

  /** Credits what a task held. */
  free(task: Task<Item, Ready>): void {
    task.state = 'ended';
    this.tenants.release(task.account, task.bytes);
  }

  /** Warns of a loss that began or is over. */
  tellLoss(isClosed: boolean): void {
    const { isRelaxed } = this.tenants;
    this.#dropped.tell(isClosed || isRelaxed);
    // A lane that stands still has room as well, once all that waited is lost.
    this.#late.tell(isClosed || (isRelaxed && this.#tally.worked > this.#workedBefore));
  }

  #tellDrop(tenant: string, reason: DropReason): void {
    if (reason !== 'closed') this.#dropped.count();
    if (!this.#reporter.wants('dropped')) return;
    this.#reporter.emit('dropped', { lane: this.#name, reason, tenant });
  }

  #finish(task: Task<Item, Ready>, ending: Ending, error?: unknown): void {
    this.free(task);
    this.#tell(task, ending, error);
  }

  #tell(task: Task<Item, Ready>, ending: Ending, error?: unknown): void {
    const what = task.what as Item | Ready;
    task.what = undefined;
    this.#tellEnd(what, ending, error);
  }

  #tellEnd(what: Item | Ready, ending: Ending, error?: unknown): void {
    try {
      this.#work.ended(what, ending, error);
    } catch {
      // What is told is not ours; a lane goes on.
    }
  }
}
