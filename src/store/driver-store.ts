import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import type {
  DayQuery,
  Erasure,
  PairBatch,
  PairDay,
  PairQuery,
  TrafficBatch,
  TrafficDay,
} from '../core/contracts/evidence-store.ts';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type {
  Acknowledgement,
  CommitResult,
  Lease,
  LeaseAnswer,
  ReplicaReport,
  RolloutCommit,
  RolloutWatcher,
  StoredRollout,
  WatchOptions,
} from '../core/contracts/rollout-store.ts';
import type { Store } from '../core/contracts/store.ts';
import type { Transcript } from '../core/contracts/transcript.ts';
import { CutoverError } from '../core/errors.ts';
import { check, issuesOf, refuse } from '../core/option-checks.ts';
import { nextTurn } from '../core/pieces.ts';
import type { Clock } from '../core/time/clock.ts';
import { refuseBroken } from './commit-rules.ts';
import type { StoreDriver } from './driver.ts';
import { EvidenceBook } from './evidence-book.ts';
import { RolloutWatch } from './rollout-watch.ts';
import { textKey } from './text-key.ts';

/** Entries of a trail after which others get their turn: about a millisecond. */
const entriesInTurn = 100;

/** Milliseconds between two looks of a watch. */
const defaultPollMs = 5_000;

/** The contract on top of a driver: what is the same for all of them. */
export class DriverStore implements Store {
  readonly #driver: StoreDriver;
  readonly #clock: Clock;
  readonly #evidence: EvidenceBook;
  /** With the key of what each watches. */
  readonly #watches = new Map<RolloutWatch, string>();
  #listening: Disposable | undefined;
  #closing: Promise<void> | undefined;

  constructor(driver: StoreDriver, clock: Clock) {
    this.#driver = driver;
    this.#clock = clock;
    this.#evidence = new EvidenceBook(() => this.#open().evidence, clock);
  }

  async rollout(name: string): Promise<StoredRollout> {
    return this.#open().rollouts.read(name);
  }

  async commit(commit: RolloutCommit): Promise<CommitResult> {
    const driver = this.#open();
    refuseBroken(commit);
    const result = await driver.rollouts.commit(commit);
    if (result.ok) this.#hint(textKey(commit.rollout));
    return result;
  }

  watch(rollout: string, watcher: RolloutWatcher, options: WatchOptions = {}): Disposable {
    const driver = this.#open();
    refuse('watch()', issuesOf(options, { pollMs: check.milliseconds }));
    const watched = {
      newer: (version: number) => driver.rollouts.newer(rollout, version),
      pollMs: options.pollMs ?? defaultPollMs,
      clock: this.#clock,
    };
    const watch = new RolloutWatch(watched, watcher);
    this.#watches.set(watch, textKey(rollout));
    this.#listening ??= driver.listen?.((key) => this.#hint(key));
    return { [Symbol.dispose]: () => this.#unwatch(watch) };
  }

  async *audit(rollout: string, from = 0): AsyncIterable<AuditEntry> {
    for (let next = from; ; ) {
      const entries = await this.#open().rollouts.entries(rollout, next);
      if (entries.length === 0) return;
      yield* entries;
      // Not by their number: behind a gap the same ones would be read again.
      next = (entries.at(-1) as AuditEntry).seq + 1;
      // What is embedded answers without a turn of the event loop, however long the trail is.
      if (next - from >= entriesInTurn) await nextTurn();
    }
  }

  async acknowledge(
    told: Acknowledgement,
  ): Promise<{ readonly now: number; readonly until: number; readonly version: number }> {
    return this.#open().leases.acknowledge(told);
  }

  async replicas(rollout: string): Promise<ReplicaReport> {
    return this.#open().leases.replicas(rollout);
  }

  async retire(rollout: string, replica: string): Promise<void> {
    await this.#open().leases.retire(rollout, replica);
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<LeaseAnswer> {
    return this.#open().leases.acquire(name, holder, ttlMs);
  }

  async renew(lease: Lease, ttlMs: number): Promise<LeaseAnswer> {
    return this.#open().leases.renew(lease, ttlMs);
  }

  async release(lease: Lease): Promise<void> {
    await this.#open().leases.release(lease);
  }

  addPairs(batch: PairBatch): Promise<void> {
    return this.#evidence.addPairs(batch);
  }

  pairs(query?: PairQuery): AsyncIterable<PairRecord> {
    return this.#evidence.pairs(query);
  }

  pairDays(query?: DayQuery): Promise<readonly PairDay[]> {
    return this.#evidence.pairDays(query);
  }

  addTraffic(batch: TrafficBatch): Promise<void> {
    return this.#evidence.addTraffic(batch);
  }

  traffic(query?: DayQuery): Promise<readonly TrafficDay[]> {
    return this.#evidence.traffic(query);
  }

  transcript(options?: Pick<Transcript, 'redact' | 'maxTurnChars'>): Transcript {
    return this.#evidence.transcript(options);
  }

  erase(tenant: string): Promise<Erasure> {
    return this.#evidence.erase(tenant);
  }

  prune(before: number): Promise<Erasure> {
    return this.#evidence.prune(before);
  }

  sweep(what: 'pairs' | 'days', before: number): Promise<number> {
    return this.#evidence.sweep(what, before);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const watch of this.#watches.keys()) this.#unwatch(watch);
    await this.#driver.close();
  }

  #open(): StoreDriver {
    if (this.#closing === undefined) return this.#driver;
    throw new CutoverError('ERR_CUTOVER_CLOSED', `The ${this.#driver.name} store is closed.`);
  }

  #hint(key: string | undefined): void {
    for (const [watch, own] of this.#watches) if (own === (key ?? own)) watch.hint();
  }

  #unwatch(watch: RolloutWatch): void {
    watch[Symbol.dispose]();
    this.#watches.delete(watch);
    if (this.#watches.size > 0) return;
    this.#listening?.[Symbol.dispose]();
    this.#listening = undefined;
  }
}
