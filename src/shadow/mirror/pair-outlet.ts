import { isThenable } from '../../core/call/observation.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissReason, PairSink } from '../../core/contracts/pair-sink.ts';
import type { Reporter } from '../../core/events/events.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock } from '../../core/time/clock.ts';
import { Drain } from '../lane/drain.ts';
import { type Missable, MissedTable } from './missed-table.ts';

/** Milliseconds that counts of what has no pair wait for more. */
const gatherMs = 1_000;

/** Tenants whose counts are handed over in one turn of the event loop. */
const tenantsPerTurn = 256;

/** What a pair outlet is made of. */
export interface PairOutletSetup {
  readonly sink: PairSink;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** The way to a sink of the app: what it throws is contained, and what has no pair is summed up before it is told. */
export class PairOutlet {
  readonly #sink: PairSink;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #missed = new MissedTable();
  readonly #waits = new Set<Drain>();
  #state: 'open' | 'closed' = 'open';
  #timer: unknown;
  #isHandingOver = false;

  constructor({ sink, clock, reporter }: PairOutletSetup) {
    this.#sink = sink;
    this.#clock = clock;
    this.#reporter = reporter;
  }

  /** Takes texts out of what is kept; undefined: no texts are kept. */
  get redactText(): ((text: string) => string) | undefined {
    const sink = this.#sink;
    if (typeof sink.redactText !== 'function') return undefined;
    return (text) => (sink.redactText as (text: string) => string)(text);
  }

  add(pair: PairRecord): void {
    if (this.#state === 'closed') return;
    this.#contain(() => this.#sink.add(pair), pair);
  }

  /** Counts what has no pair: on the caller's path this is all that happens. */
  missed(what: Missable, why: MissReason): void {
    if (this.#state === 'closed') return;
    this.#missed.count(what, why);
    this.#timer ??= inRootScope(() =>
      this.#clock.setTimeout(() => this.#handOver(tenantsPerTurn), gatherMs),
    );
    if (this.#missed.isHalfFull) this.#handOverSoon();
  }

  failed(error: unknown, where: { route?: string; tenant?: string } = {}): void {
    const { route, tenant } = where;
    this.#reporter.contained('pairs', error, {
      ...(route !== undefined && { route }),
      ...(tenant !== undefined && { tenant }),
    });
  }

  /** Tells the sink all that was counted, and waits until it has what it took. False: it failed, or not within the time. */
  flush(timeoutMs: number): Promise<boolean> {
    if (this.#state === 'closed') return Promise.resolve(true);
    this.#handOver();
    return this.#wait(() => this.#sink.flush?.(), timeoutMs);
  }

  /** Flushes and takes nothing more. To be called once. */
  close(timeoutMs: number): Promise<boolean> {
    this.#handOver();
    this.#state = 'closed';
    return this.#wait(
      () => (this.#sink.close === undefined ? this.#sink.flush?.() : this.#sink.close()),
      timeoutMs,
    );
  }

  /** Lets nobody wait for the sink longer than `timeoutMs` from now. */
  hurry(timeoutMs: number): void {
    for (const wait of this.#waits) wait.hurry(timeoutMs);
  }

  #handOverSoon(): void {
    if (this.#isHandingOver) return;
    this.#isHandingOver = true;
    inRootScope(() =>
      setImmediate(() => {
        this.#isHandingOver = false;
        this.#handOver(tenantsPerTurn);
      }),
    );
  }

  #handOver(most = Number.POSITIVE_INFINITY): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const at = this.#clock.now();
    for (let left = most; left > 0 && this.#missed.size > 0; left -= 1) {
      for (const sum of this.#missed.shift()) {
        this.#contain(() => this.#sink.missed({ ...sum, at }), sum);
      }
    }
    if (this.#missed.size > 0) this.#handOverSoon();
  }

  /** The one border of a sink: it may throw, or have been written `async`. False: it failed. */
  #contain(run: () => unknown, where?: { route: string; tenant: string }): Promise<boolean> {
    const failed = (error: unknown): false => {
      this.failed(error, where);
      return false;
    };
    try {
      const answer = run();
      return isThenable(answer) ? Promise.resolve(answer).then(() => true, failed) : isDone;
    } catch (error) {
      failed(error);
      return hasFailed;
    }
  }

  async #wait(run: () => unknown, timeoutMs: number): Promise<boolean> {
    let isKept: boolean | undefined;
    const wait = new Drain(this.#clock, () => isKept !== undefined);
    this.#waits.add(wait);
    void this.#contain(run).then((kept) => {
      isKept = kept;
      wait.check();
    });
    await wait.wait(timeoutMs);
    this.#waits.delete(wait);
    return isKept === true;
  }
}

const isDone = Promise.resolve(true);
const hasFailed = Promise.resolve(false);
