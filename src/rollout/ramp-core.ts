import { memorySalts } from '../audit/salt-store.ts';
import { TenantPseudonyms } from '../audit/tenant-pseudonyms.ts';
import { attempt, disregard } from '../core/attempt.ts';
import type { RolloutState } from '../core/contracts/rollout-state.ts';
import type { Store } from '../core/contracts/store.ts';
import { CutoverError } from '../core/errors.ts';
import { processWarnings } from '../core/events/logger.ts';
import { nodeCrypto } from '../core/node-crypto.ts';
import { inRootScope } from '../core/root-scope.ts';
import type { Stage } from '../core/stage.ts';
import { type Clock, systemClock, type TimerHandle } from '../core/time/clock.ts';
import type { Contained } from './contained-words.ts';
import { Assessor } from './decisions/assessor.ts';
import { decideRamp } from './decisions/decide-ramp.ts';
import type { Asking, RampDecision } from './decisions/decision.ts';
import { createEvaluator } from './decisions/evaluator.ts';
import { LegacyPulse } from './evidence/legacy-pulse.ts';
import { Lessons } from './evidence/lessons.ts';
import type { FullPlan, FullStep } from './plan/full-plan.ts';
import { RampNews } from './ramp-news.ts';
import { RampWarnings } from './ramp-warnings.ts';
import { Replica } from './replica/replica.ts';
import type { RolloutOptions } from './rollout-options.ts';
import { firstChange, refuseBegun } from './state/first-change.ts';
import { Journal } from './state/journal.ts';
import { nextStep, phaseOf, presentStep } from './state/ramp-state.ts';
import { Rollbacks } from './state/rollbacks.ts';
import { StoreTime } from './state/store-time.ts';
import { TrailBook } from './state/trail-book.ts';

/** The parts of one rollout in one process, and what they share. */
export class RampCore {
  readonly options: RolloutOptions;
  readonly plan: FullPlan;
  readonly store: Store;
  readonly name: string;
  readonly identity: string;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly pseudonyms: TenantPseudonyms;
  readonly journal: Journal;
  readonly replica: Replica;
  readonly pulse: LegacyPulse;
  /** What this process has to learn. */
  readonly lessons = new Lessons();
  readonly rollbacks: Rollbacks;
  readonly assessor: Assessor;
  readonly book: TrailBook;
  readonly news: RampNews;
  readonly warnings: RampWarnings;
  readonly ready: Promise<void>;
  readonly #time: StoreTime;
  readonly #begun = Promise.withResolvers<void>();
  #before: RolloutState | undefined;
  #timer: TimerHandle;
  #batches = 0;
  #closed = false;

  constructor(options: RolloutOptions, plan: FullPlan) {
    const { store, name = 'cutover', clock = systemClock, logger = processWarnings } = options;
    const { identity = nodeCrypto().randomUUID(), pollMs = 5_000, leaseMs = 30_000 } = options;
    this.options = options;
    this.plan = plan;
    this.store = store;
    this.name = name;
    this.clock = clock;
    this.identity = identity;
    this.pollMs = pollMs;
    this.leaseMs = leaseMs;
    this.warnings = new RampWarnings(name, logger, clock);
    this.#time = new StoreTime(clock);
    this.pseudonyms = options.pseudonyms ?? new TenantPseudonyms(memorySalts());
    const { signing, onCheckpoint } = options;
    this.journal = new Journal({
      ...{ store, rollout: name, signing, onCheckpoint, now: this.now },
      contained: (error) => this.contained('checkpoint', error),
    });
    this.news = new RampNews(store, name);
    this.replica = new Replica(this.#replicaSetting());
    this.pulse = new LegacyPulse(options.probeLegacy, {
      contained: (error) => this.contained('probe', error),
      now: this.now,
    });
    this.rollbacks = new Rollbacks({
      rollout: name,
      journal: this.journal,
      clock,
      now: this.now,
      retryMs: pollMs,
      kill: (killed, to) => this.replica.kill(killed, to),
      adopt: (state) => this.replica.adopt(state),
      lastSaid: () => this.assessor.lastSaid,
      contained: this.contained,
    });
    const { begin } = createEvaluator(plan, (gate, error) => this.contained('gate', error, gate));
    const reads = { store, rollout: name, now: this.now, lookMs: pollMs };
    this.assessor = new Assessor({ ...reads, begin });
    this.book = new TrailBook(store, name, (at) => this.pulse.resumed(at));
    this.ready = this.#begun.promise;
    this.ready.catch(() => undefined);
  }

  /** The store's time, milliseconds since the epoch. */
  readonly now = (): number => this.#time.now();

  readonly contained = (what: Contained, error: unknown, whose?: string): void => {
    if (!this.#closed) this.warnings.contained(what, error, whose);
  };

  readonly batchId = (): string => {
    this.#batches += 1;
    return `${this.identity}:${this.#boot}:${this.#batches}`;
  };
  readonly #boot = nodeCrypto().randomUUID();

  /** Whether there is a way back, as far as this process has heard, and others as it has read. */
  get legacyAlive(): boolean {
    return this.pulse.alive && this.book.legacyAlive;
  }

  /** What evidence of a tenant belongs to that was in this stage: the step by which it was decided. */
  readonly phaseOf = (tenant: string, stage: Stage): string => {
    const { state } = this.replica;
    const isNow = tenant === '' || this.replica.stageOf(tenant) === stage;
    return phaseOf(this.name, isNow ? state : (this.#before ?? state));
  };

  /** Reads the state, makes the first one if there is none, and tries again until that is done. */
  start(): void {
    inRootScope(() => void this.#start());
  }

  stepOf(state: RolloutState): FullStep {
    return this.plan.steps[presentStep(this.plan, state)] ?? (this.plan.steps.at(-1) as FullStep);
  }

  /** Reads the gates and decides; changes nothing. */
  async assess(state: RolloutState, { approved, automatic }: Asking): Promise<RampDecision> {
    await this.pulse.check();
    await this.book.read();
    const unentered = this.book.notAsEntered(state);
    if (unentered.length > 0) this.warnings.unentered(state.version, unentered);
    const { legacyAlive } = this;
    const { at, pairs, readings } = await this.assessor.look(state);
    this.news.gates(readings, state);
    const step = this.stepOf(state);
    const next = this.plan.steps[nextStep(this.plan, state)];
    const { dailyCycleMs, policyHash } = this.plan;
    const byOtherPlan = state.policyHash !== policyHash;
    const asked = { approved, automatic, dailyCycleMs, byOtherPlan };
    return decideRamp({ state, step, next, at, pairs, legacyAlive, ...asked }, readings);
  }

  /** Tells the app what the leader has decided. */
  told(decision: RampDecision, state: RolloutState): void {
    disregard(attempt(() => this.options.onDecision?.(decision, state)));
  }

  close(): void {
    this.#closed = true;
    this.clock.clearTimeout(this.#timer);
    this.replica.close();
    this.news.close();
    this.#begun.reject(new CutoverError('ERR_CUTOVER_CLOSED', 'The rollout was closed.'));
  }

  async #start(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#time.begin(this.store, this.name);
      const state = await this.#found();
      if (state !== undefined) this.replica.adopt(state);
      this.#begun.resolve();
    } catch (error) {
      this.contained('start', error);
      this.#timer = this.clock.setTimeout(() => this.start(), this.pollMs);
    }
  }

  #found(): Promise<RolloutState | undefined> {
    const { plan, name: rollout, options } = this;
    return this.journal.make({
      action: 'create',
      commutes: true,
      decide: (before, there) => {
        if (before !== undefined) return undefined;
        refuseBegun(there);
        return firstChange(plan, { rollout, salt: options.salt, at: this.now() });
      },
    });
  }

  #replicaSetting(): ConstructorParameters<typeof Replica>[0] {
    const { store, name: rollout, identity, clock, leaseMs, pollMs, options } = this;
    return {
      store,
      rollout,
      identity,
      clock,
      leaseMs,
      pollMs,
      onLostContact: options.onLostContact ?? 'keep',
      from: this.plan.from,
      lessons: () => this.lessons.counts,
      changed: (state, before) => {
        if (before !== undefined && phaseOf(rollout, before) !== phaseOf(rollout, state)) {
          this.#before = before;
        }
        disregard(attempt(() => options.onChange?.(state, before)));
        this.news.stage(state);
      },
      contained: this.contained,
      lost: (version, there) => {
        this.book.lost();
        this.warnings.lost(version, there);
      },
    };
  }
}
