import type { LaneCounts, LaneStats, SkipReason } from '../../core/contracts/counts.ts';
import type { Drained, LaneOptions, OwnedLane } from '../../core/contracts/lane.ts';
import type { Filled } from '../../core/given-options.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock } from '../../core/time/clock.ts';
import { Alarm } from './alarm.ts';
import { Drain } from './drain.ts';
import { Jam } from './jam.ts';
import type { LaneSetup } from './lane-setup.ts';
import { Ledger } from './ledger.ts';
import { toLaneLimits } from './limits.ts';
import { toSafeReporter } from './safe-reporter.ts';
import { Slice } from './slice.ts';
import { changeOf } from './tally.ts';
import { Workshop } from './workshop.ts';

/** Milliseconds of one turn of the event loop that a lane may use for preparing, and again for starting. */
const sliceMs = 0.5;

/** Tasks prepared or started in one turn at most: a bound that holds even where time stands still, as in tests. */
const tasksPerTurn = 1024;

const settled = Promise.resolve();

/**
 * Makes a bounded, fair lane. What it does with its items is its `work`; that no caller waits, that nothing grows, that
 * tenants take turns and that each task ends in exactly one count is the lane's.
 */
export function createLane<Item, Ready>(setup: LaneSetup<Item, Ready>): OwnedLane<Item> {
  return new BoundedLane(setup);
}

class BoundedLane<Item, Ready> implements OwnedLane<Item> {
  readonly #clock: Clock;
  readonly #limits: Filled<LaneOptions>;
  readonly #ledger: Ledger<Item, Ready>;
  readonly #shop: Workshop<Item, Ready>;
  readonly #alarm: Alarm;
  readonly #drain: Drain;
  readonly #jam: Jam;
  #state: 'open' | 'draining' | 'closed' = 'open';
  #closing: Promise<Drained> | undefined = undefined;
  #isScheduled = false;
  #isSettling = false;
  /** Whether the clock was looked at in this turn of the event loop. */
  #isTimeKnown = false;
  readonly #preparing: Slice;
  readonly #starting: Slice;

  constructor(setup: LaneSetup<Item, Ready>) {
    const { name, clock, work } = setup;
    this.#clock = clock;
    this.#limits = toLaneLimits(setup.options ?? {});
    const reporter = toSafeReporter(setup.reporter);
    this.#jam = new Jam(name, reporter);
    const warn = setup.warn ?? (() => {});
    this.#ledger = new Ledger(name, this.#limits, work, reporter, warn);
    this.#preparing = new Slice(clock, sliceMs, tasksPerTurn);
    this.#starting = new Slice(clock, sliceMs, tasksPerTurn);
    const [limits, ledger] = [this.#limits, this.#ledger];
    this.#shop = new Workshop({
      ...{ limits, clock, work, ledger },
      onSettled: () => this.#onSettled(),
      goOn: () => this.#goOn(),
      onWentOn: () => this.#seeTo(),
    });
    this.#alarm = new Alarm(clock, () => this.#onAlarm());
    this.#drain = new Drain(clock, () => this.#shop.pending === 0);
  }

  offer(item: Item): boolean {
    const { door } = this.#shop;
    if (this.#state !== 'open') return door.turnAway(item, 'closed');
    if (!this.#isScheduled) this.#schedule();
    return door.take(item, this.#preparing.nowMs);
  }

  skip(reason: SkipReason): void {
    this.#ledger.skipOffer(reason);
  }

  stats(): LaneStats {
    const { tenants } = this.#ledger;
    return {
      ...this.#counts(),
      running: this.#shop.running,
      bytes: tenants.bytes,
      tenants: tenants.waiting,
    };
  }

  async flush(timeoutMs: number): Promise<Drained> {
    const before = this.#counts();
    await this.#drained(timeoutMs);
    return { counts: changeOf(before, this.#counts()), drained: this.#shop.pending === 0 };
  }

  close(timeoutMs: number): Promise<Drained> {
    if (this.#closing === undefined) this.#closing = inRootScope(() => this.#close(timeoutMs));
    else this.#drain.hurry(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<Drained> {
    this.#state = 'draining';
    const before = this.#counts();
    await this.#drained(timeoutMs);
    const drained = this.#shop.pending === 0;
    this.#shop.abort();
    this.#state = 'closed';
    this.#alarm.stop();
    this.#ledger.tellLoss(true);
    this.#drain.check();
    return { counts: changeOf(before, this.#counts()), drained };
  }

  /** Waits until nothing is left. What waits for others to go with waits for those that are being read, and not for long. */
  async #drained(timeoutMs: number): Promise<void> {
    if (this.#shop.pending === 0) return;
    const calmDown = this.#shop.hurry(timeoutMs);
    this.#schedule();
    await this.#drain.wait(timeoutMs);
    calmDown();
  }

  #counts(): LaneCounts {
    this.#shop.door.sort();
    return this.#ledger.counts(this.#shop.pending);
  }

  /** Asks for a turn: one at a time, in a later turn of the event loop, in nobody's async context. */
  #schedule(): void {
    if (this.#isScheduled || this.#state === 'closed') return;
    this.#isScheduled = true;
    this.#preparing.look();
    inRootScope(() => setImmediate(() => this.#turn()));
  }

  #turn(): void {
    this.#isScheduled = false;
    this.#preparing.begin();
    this.#shop.door.sort();
    this.#shop.choose();
    while (this.#shop.canPrepare && !this.#shop.isPulled) {
      this.#shop.prepareNext(this.#preparing.nowMs);
      if (!this.#preparing.step()) break;
    }
    // What the slots prepare is in the time for preparing.
    if (this.#shop.isPulled) this.#starting.follow(this.#preparing);
    else this.#starting.begin();
    this.#proceed();
  }

  #onAlarm(): void {
    this.#shop.expire(this.#clock.monotonic());
    this.#starting.begin();
    this.#proceed();
  }

  /** A slot has become free: the time if it may go on in this turn. */
  #goOn(): number | undefined {
    if (!this.#isTimeKnown) {
      this.#isTimeKnown = true;
      setImmediate(() => {
        this.#isTimeKnown = false;
      });
      if (!this.#starting.look()) return undefined;
    }
    return this.#starting.step() ? this.#starting.nowMs : undefined;
  }

  /** Several tasks may settle in a row: what follows from it is done once, after the last. */
  #onSettled(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    settled.then(() => {
      this.#isSettling = false;
      if (this.#starting.look()) this.#proceed();
      else this.#schedule();
    });
  }

  /** Starts what can be started while the slice lasts. */
  #proceed(): void {
    while (this.#shop.running < this.#limits.concurrency) {
      if (!this.#shop.startNext(this.#starting.nowMs)) break;
      if (this.#starting.step()) continue;
      this.#schedule();
      break;
    }
    if (this.#shop.canPrepare) this.#schedule();
    this.#seeTo();
  }

  /** Sees to all that may have changed with what has ended or begun. */
  #seeTo(): void {
    if (this.#state === 'closed') return;
    this.#alarm.set(this.#shop.nextAt);
    this.#ledger.tellLoss(false);
    this.#jam.tell(this.#shop.isStuck);
    this.#drain.check();
  }
}
