import { expect } from 'vitest';
import type { LaneStats, SkipReason, TaskOutcome } from '../../src/core/contracts/counts.ts';
import type { LaneOptions, OwnedLane } from '../../src/core/contracts/lane.ts';
import type { Filled } from '../../src/core/given-options.ts';
import { createLane } from '../../src/shadow/lane/lane.ts';
import type { Ending, Gate, LaneWork, Prepared, RunResult } from '../../src/shadow/work.ts';
import type { FakeClock } from '../../src/testing/fake-clock.ts';
import { recorder } from './recorder.ts';

/** What an item does when the lane comes to it. */
export interface Script {
  readonly tenant: string;
  /** Bytes before and after preparation. */
  readonly estimate: number;
  readonly bytes: number;
  /** Milliseconds of preparing; 0: at once; `Infinity`: it never ends. */
  readonly prepareMs: number;
  readonly prepared: 'ready' | 'throws' | SkipReason;
  readonly gate: number | undefined;
  readonly runMs: number;
  readonly outcome: 'throws' | TaskOutcome;
  /** How many times it is not done yet. */
  readonly again: number;
  /** What is offered while it is prepared. */
  readonly brings: readonly Script[];
  readonly obeys: boolean;
}

interface Watched {
  readonly script: Script;
  bytes: number;
  endings: Ending[];
  preparing: boolean;
  running: boolean;
  tries: number;
}

/** A lane whose items do as they are told, and an account of it that knows nothing of how lanes work. */
export class ScriptedLane {
  readonly lane: OwnedLane<Watched>;
  readonly taken: Watched[] = [];
  readonly refused = { seen: 0 };
  readonly reporter = recorder();
  readonly #clock: FakeClock;
  /** The most at once of each, at any moment. */
  readonly #most = { running: 0, preparing: 0, behindOneGate: 0 };
  readonly #gates = new Map<number, Gate & { running: number }>();
  /** What did not add up for those who were told of an end. */
  #broken: unknown;
  readonly limits: Filled<LaneOptions>;

  constructor(clock: FakeClock, limits: Filled<LaneOptions>) {
    this.#clock = clock;
    this.limits = limits;
    this.lane = createLane({
      name: 'learn',
      options: limits,
      clock,
      reporter: this.reporter,
      work: this.#work(),
    });
  }

  offer(script: Script): void {
    const others = this.#held().filter(({ script: { tenant } }) => tenant !== script.tenant);
    const watched = this.offerUnseen(script);
    if (watched === undefined) return;
    // Whoever looks finds what is above a share turned away.
    this.lane.stats();
    if (!isHeld(watched)) return;
    const own = this.#held().filter(({ script: { tenant } }) => tenant === script.tenant);
    const { maxCount, maxBytes, tenantShare } = this.limits;
    // Somebody else was here, and is still: then nobody is let in above the share.
    if (!others.some(isHeld)) return;
    expect(own.length).toBeLessThanOrEqual(Math.max(1, Math.floor(maxCount * tenantShare)));
    expect(bytesOf(own)).toBeLessThanOrEqual(Math.floor(maxBytes * tenantShare));
  }

  /** Offers, and does not look at what becomes of it: so the lane sorts it when it likes. */
  offerUnseen(script: Script): Watched | undefined {
    const item = { script, bytes: script.estimate, endings: [] as Ending[] };
    const watched = { ...item, preparing: false, running: false, tries: 0 };
    if (!this.lane.offer(watched)) {
      this.refused.seen++;
      return undefined;
    }
    this.taken.push(watched);
    return watched;
  }

  /** Promise 2, at this moment: the lane's counts are those of whoever watched each task. */
  checkCounts(): void {
    if (this.#broken !== undefined) throw this.#broken;
    const stats = this.#conserved();
    const { ok, pending } = stats;
    for (const { endings } of this.taken) expect(endings.length).toBeLessThanOrEqual(1);
    expect(stats.offered).toBe(this.taken.length + this.refused.seen);
    expect(pending).toBe(this.taken.filter(({ endings }) => endings.length === 0).length);
    expect(sum(stats.dropped)).toBe(this.refused.seen + this.#ended(isDrop));
    expect(sum(stats.skipped)).toBe(this.#ended((ending) => ending in stats.skipped));
    for (const outcome of ['unknown', 'failed', 'timedOut', 'aborted'] as const) {
      expect(stats[outcome]).toBe(this.#ended((ending) => ending === outcome));
    }
    for (const outcome of ['stored', 'deduplicated'] as const) {
      expect(ok[outcome]).toBe(this.#ended((ending) => ending === outcome));
    }
  }

  /** Promise 3, at this moment: what the tasks hold, as they know themselves, is within the bounds. */
  checkBounds(): void {
    const { maxCount, maxBytes, concurrency } = this.limits;
    const held = this.#held();
    expect(held.length).toBeLessThanOrEqual(maxCount);
    expect(bytesOf(held)).toBeLessThanOrEqual(maxBytes);
    // Whoever looks finds what is above a share turned away.
    expect(this.lane.stats().bytes).toBe(bytesOf(this.#held()));
    expect(this.#most.running).toBeLessThanOrEqual(concurrency);
    expect(this.#most.preparing).toBeLessThanOrEqual(16);
    const lost = held.filter(({ preparing, endings }) => preparing && endings.length > 0);
    for (const { script } of lost) {
      const own = lost.filter(({ script: { tenant } }) => tenant === script.tenant);
      expect(own.length).toBeLessThan(2 * 16);
    }
    expect(this.#most.behindOneGate).toBeLessThanOrEqual(1);
  }

  /** The counts, which add up, whoever looks at them. */
  #conserved(): LaneStats {
    const stats = this.lane.stats();
    const { ok, unknown, failed, timedOut, aborted, pending } = stats;
    expect(stats.offered).toBe(stats.accepted + sum(stats.skipped) + sum(stats.dropped));
    expect(stats.accepted).toBe(sum(ok) + unknown + failed + timedOut + aborted + pending);
    return stats;
  }

  #held(): Watched[] {
    return this.taken.filter(isHeld);
  }

  #ended(is: (ending: Ending) => boolean): number {
    return this.taken.filter(({ endings: [ending] }) => ending !== undefined && is(ending)).length;
  }

  #gate(id: number): Gate & { running: number } {
    let gate = this.#gates.get(id);
    if (gate === undefined) {
      // Opens for ten milliseconds out of forty.
      const readyInMs = (): number => {
        const phase = (this.#clock.monotonic() + id * 10) % 40;
        return phase < 10 ? 0 : 40 - phase;
      };
      gate = { limit: 1, readyInMs, running: 0 };
      this.#gates.set(id, gate);
    }
    return gate;
  }

  #work(): LaneWork<Watched, Watched> {
    return {
      tenantOf: ({ script }) => script.tenant,
      sizeOf: ({ script }) => script.estimate,
      prepare: (item) => {
        const { prepareMs, brings } = item.script;
        for (const script of brings) this.offerUnseen(script);
        if (prepareMs === 0) return this.#prepared(item);
        item.preparing = true;
        this.#note('preparing', this.taken.filter(isBeingPrepared).length);
        return this.#after(prepareMs).then(() => {
          item.preparing = false;
          return this.#prepared(item);
        });
      },
      run: (item, handle) => {
        item.running = true;
        const { script } = item;
        const gate = script.gate === undefined ? undefined : this.#gate(script.gate);
        this.#note('running', this.taken.filter(({ running }) => running).length);
        if (gate) this.#note('behindOneGate', ++gate.running);
        const done = (): RunResult => {
          item.running = false;
          if (gate) gate.running--;
          if (script.outcome === 'throws') throw new Error('broken');
          return item.tries++ < script.again ? 'again' : script.outcome;
        };
        if (script.runMs === 0) return done();
        const { obeys } = script;
        const aborted = new Promise<void>((resolve) => {
          if (obeys) handle.signal.addEventListener('abort', () => resolve(), { once: true });
        });
        return Promise.race([this.#after(script.runMs), aborted]).then(done);
      },
      ended: (item, ending) => {
        item.endings.push(ending);
        try {
          this.#conserved();
        } catch (error) {
          this.#broken = error;
        }
      },
    };
  }

  #note(what: 'running' | 'preparing' | 'behindOneGate', count: number): void {
    this.#most[what] = Math.max(this.#most[what], count);
  }

  #prepared(item: Watched): Prepared<Watched> | SkipReason {
    const { prepared, bytes, gate } = item.script;
    if (prepared === 'throws') throw new Error('broken');
    if (prepared !== 'ready') return prepared;
    if (item.endings.length === 0) item.bytes = bytes;
    return { ready: item, bytes, gate: gate === undefined ? undefined : this.#gate(gate) };
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (Number.isFinite(ms)) this.#clock.setTimeout(resolve, ms);
    });
  }
}

/** What has ended may still be held: by work that does not stop. */
function isHeld({ endings, preparing, running }: Watched): boolean {
  return endings.length === 0 || preparing || running;
}

/** What was given up holds its bytes, but none of the slots. */
function isBeingPrepared({ endings, preparing }: Watched): boolean {
  return preparing && endings.length === 0;
}

function bytesOf(items: Watched[]): number {
  return items.reduce((total, { bytes }) => total + bytes, 0);
}

function isDrop(ending: Ending): boolean {
  return ending === 'count' || ending === 'bytes' || ending === 'tenant' || ending === 'closed';
}

function sum(counts: object): number {
  return Object.values(counts).reduce((total: number, count: number) => total + count, 0);
}
