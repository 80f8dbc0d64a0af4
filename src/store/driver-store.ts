import type { AuditEntry } from '../core/audit-entry.ts';
import type { Clock } from '../core/clock.ts';
import { CutoverError } from '../core/errors.ts';
import { check, issuesOf, refuse } from '../core/option-checks.ts';
import type { PairRecord } from '../core/pair-record.ts';
import type {
  Acknowledgement,
  CommitResult,
  DayQuery,
  Erasure,
  Lease,
  LeaseAnswer,
  PairBatch,
  PairDay,
  PairQuery,
  ReplicaReport,
  RolloutCommit,
  RolloutWatcher,
  Store,
  StoredRollout,
  TrafficBatch,
  TrafficDay,
  WatchOptions,
} from '../core/store.ts';
import type { Turn } from '../core/subject.ts';
import type { Transcript, TurnRange } from '../core/transcript.ts';
import { refuseBroken } from './commit-rules.ts';
import type { DayFilter, PairPlace, Removal, StoreDriver } from './driver.ts';
import { tallyMisses, tallyPairs } from './pair-tally.ts';
import { inPieces, nextTurn } from './pieces.ts';
import { RolloutWatch } from './rollout-watch.ts';
import { type Book, type Tally, TallySheet, toPairDays, toTrafficDays } from './tally.ts';
import { textKey } from './text-key.ts';

/** Milliseconds between two looks of a watch. */
const defaultPollMs = 5_000;

/** Exchanges of one conversation that are read at most. */
const mostExchanges = 10_000;

/** Pairs of one transaction: about a millisecond of an embedded database. */
const pairsAtOnce = 25;

/** Counts of one transaction, likewise. */
const talliesAtOnce = 100;

function keysOf({ tenant, phase }: { readonly tenant?: string; readonly phase?: string }) {
  return {
    ...(tenant === undefined ? {} : { tenant: textKey(tenant) }),
    ...(phase === undefined ? {} : { phase: textKey(phase) }),
  };
}

function dayFilter(query: DayQuery): DayFilter {
  return { from: query.from ?? '', to: query.to ?? '~', ...keysOf(query) };
}

/** The contract on top of a driver: what is the same for all of them. */
export class DriverStore implements Store {
  readonly #driver: StoreDriver;
  readonly #clock: Clock;
  /** With the key of what each watches. */
  readonly #watches = new Map<RolloutWatch, string>();
  #listening: Disposable | undefined;
  #closing: Promise<void> | undefined;

  constructor(driver: StoreDriver, clock: Clock) {
    this.#driver = driver;
    this.#clock = clock;
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
    refuse('watch', issuesOf(options, { pollMs: check.milliseconds }));
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
      next += entries.length;
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

  async addPairs({ id, phase = '', pairs, missed = [] }: PairBatch): Promise<void> {
    const tallyOf = (added: readonly PairRecord[]) => tallyPairs(phase, added);
    await inPieces(pairs, pairsAtOnce, (piece) =>
      this.#open().evidence.addPairs(phase, piece, tallyOf),
    );
    await this.#count('pairs', id, tallyMisses(phase, missed));
  }

  async *pairs(query: PairQuery = {}): AsyncIterable<PairRecord> {
    const { from = 0, until = Number.MAX_SAFE_INTEGER, route } = query;
    const filter = { from, until, ...keysOf(query) };
    for (let after: PairPlace | undefined; ; ) {
      const { pairs, end } = await this.#open().evidence.pairPage(filter, after);
      for (const pair of pairs) if (route === undefined || pair.route === route) yield pair;
      if (end === undefined) return;
      after = end;
    }
  }

  async pairDays(query: DayQuery = {}): Promise<readonly PairDay[]> {
    const days = toPairDays(await this.#open().evidence.tallies('pairs', dayFilter(query)));
    return days.filter(({ route }) => query.route === undefined || route === query.route);
  }

  async addTraffic({ id, phase = '', counts }: TrafficBatch): Promise<void> {
    const sheet = new TallySheet();
    for (const { day, tenant, route, leg, counts: named } of counts) {
      for (const [metric, value] of Object.entries(named)) {
        sheet.add(day, [phase, tenant, route, leg], metric, value);
      }
    }
    await this.#count('traffic', id, sheet.tallies());
  }

  async traffic(query: DayQuery = {}): Promise<readonly TrafficDay[]> {
    const days = toTrafficDays(await this.#open().evidence.tallies('traffic', dayFilter(query)));
    return days.filter(({ route }) => query.route === undefined || route === query.route);
  }

  transcript(options: Pick<Transcript, 'redact' | 'maxTurnChars'> = {}): Transcript {
    return {
      ...options,
      append: async (served) => this.#open().evidence.addTurns(served),
      history: (tenant, conversation, range) => this.#history(tenant, conversation, range),
      erase: (tenant, conversation) => this.#eraseTurns(tenant, conversation),
    };
  }

  async erase(tenant: string): Promise<Erasure> {
    const key = textKey(tenant);
    await this.#open().evidence.noteErasure({ tenant: key }, this.#clock.now());
    return {
      pairs: await this.#remove({ what: 'pairs', tenant: key }),
      turns: await this.#remove({ what: 'turns', tenant: key }),
      days: await this.#remove({ what: 'days', tenant: key }),
    };
  }

  async prune(before: number): Promise<Erasure> {
    return {
      pairs: await this.#remove({ what: 'pairs', before }),
      turns: await this.#remove({ what: 'turns', before }),
      days: 0,
    };
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

  async #count(book: Book, id: string, tallies: readonly Tally[]): Promise<void> {
    // The same batch falls into the same pieces, so that each piece can be known by its place.
    await inPieces(tallies, talliesAtOnce, (piece, place) =>
      this.#open().evidence.addTallies(book, `${place}:${id}`, piece),
    );
  }

  async #history(tenant: string, conversation: string, range: TurnRange = {}): Promise<Turn[]> {
    const { limit, before = Number.MAX_SAFE_INTEGER } = range;
    const owner = { tenant: textKey(tenant), conversation: textKey(conversation) };
    const exchanges = await this.#open().evidence.turns(owner, {
      before,
      limit: limit ?? mostExchanges,
    });
    const turns = exchanges.flat();
    return limit === undefined ? turns : turns.slice(Math.max(0, turns.length - limit));
  }

  async #eraseTurns(tenant: string, conversation: string | undefined): Promise<void> {
    const owner = {
      tenant: textKey(tenant),
      ...(conversation === undefined ? {} : { conversation: textKey(conversation) }),
    };
    await this.#open().evidence.noteErasure(owner, this.#clock.now());
    await this.#remove({ what: 'turns', ...owner });
  }

  async #remove(removal: Removal): Promise<number> {
    let removed = 0;
    for (let more = 1; more > 0; removed += more) {
      more = await this.#open().evidence.remove(removal);
      if (more > 0) await nextTurn();
    }
    return removed;
  }
}
