import { attempt, disregard } from '../core/attempt.ts';
import type { Clock, TimerHandle } from '../core/clock.ts';
import type { RolloutState } from '../core/rollout-state.ts';
import { inRootScope } from '../core/root-scope.ts';
import { type Stage, stages } from '../core/stage.ts';
import type { Store } from '../core/store.ts';
import type { LessonCounts } from './lessons.ts';
import { type StageAnswer, stageAnswers } from './stage-answer.ts';
import { StageTable } from './stage-table.ts';
import { TakenBack } from './taken-back.ts';
import { within } from './within.ts';

/** Share of its lease that a replica uses: the rest is for clocks that do not run alike. */
const ownShare = 0.98;

/** What a replica obeys by. */
export interface ReplicaSetting {
  readonly store: Store;
  readonly rollout: string;
  readonly identity: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly onLostContact: 'keep' | 'legacy';
  /** Where tenants go that are taken back before any state is known. */
  readonly from: Stage;
  /** What is told to the store with each acknowledgement. */
  readonly lessons: () => LessonCounts;
  readonly changed: (state: RolloutState, before: RolloutState | undefined) => void;
  readonly contained: (what: string, error: unknown) => void;
  /** Told when the store no longer has a version that it had. */
  readonly lost: (version: number, there: number) => void;
}

/**
 * This process as one of the replicas: follows the newest state, tells the store which one it obeys, and answers who is in
 * which stage without waiting for anything.
 */
export class Replica {
  readonly #setting: ReplicaSetting;
  readonly #watching: Disposable;
  #table: StageTable | undefined;
  /** The table, while nothing else has a say. */
  #alone: StageTable | undefined;
  #state: RolloutState | undefined;
  readonly #taken = new TakenBack();
  /** Where everybody is who was taken back further than to legacy. */
  #back: StageTable | undefined;
  /** On the monotonic clock. */
  #contactUntil = 0;
  #toldAt: number | undefined;
  /** What is on its way to the store. */
  #saying: Promise<unknown> = Promise.resolve();
  #timer: TimerHandle;
  #closed = false;

  constructor(setting: ReplicaSetting) {
    this.#setting = setting;
    const { store, rollout, pollMs, contained } = setting;
    this.#watching = store.watch(
      rollout,
      {
        changed: (state) => this.adopt(state),
        failed: (error) => contained('watch', error),
      },
      { pollMs },
    );
  }

  /** The newest state that is known. */
  get state(): RolloutState | undefined {
    return this.#state;
  }

  /** Whether tenants are taken back here, whatever the state says. */
  get killed(): boolean {
    return this.#taken.isSo;
  }

  /** Whether the store has not been reached for longer than the lease. */
  get lostContact(): boolean {
    return this.#state !== undefined && this.#setting.clock.monotonic() >= this.#contactUntil;
  }

  /** Undefined: no state is known yet. */
  stageOf(tenant: string): Stage | undefined {
    return this.answerOf(tenant)?.value;
  }

  /** The same as its flags answer it. */
  answerOf(tenant: string): StageAnswer | undefined {
    // What nearly all calls are: one table, nothing else looked at.
    if (this.#alone !== undefined) return this.#alone.answerOf(tenant);
    const table = this.#table;
    if (table === undefined) return this.killed ? stageAnswers[this.#outside()] : undefined;
    if (this.#back !== undefined) return this.#back.answerOf(tenant);
    const answer = table.answerOf(tenant);
    const isAhead = stages[answer.value].serves === 'candidate';
    return isAhead && this.#isBack() ? stageAnswers[this.#outside()] : answer;
  }

  /** Takes every tenant back from the next call on, to a stage that was asked for, or lets the state decide again. */
  kill(killed: boolean, to?: Stage): void {
    if (this.#taken.set(killed, to)) this.#decide();
  }

  /** Obeys a state if it is newer, and says so to the store. */
  adopt(state: RolloutState): void {
    const before = this.#state;
    if (before !== undefined && !isNews(state, before)) return;
    this.#obey(state, before);
  }

  #obey(state: RolloutState, before: RolloutState | undefined): void {
    this.#state = state;
    this.#table = new StageTable(state, this.#table);
    this.#decide();
    // A way back that is taken after the end is obeyed, too, and nobody hears of it from here.
    if (this.#closed) return;
    this.#toldAt = undefined;
    inRootScope(() => this.#tell());
    disregard(attempt(() => this.#setting.changed(state, before)));
  }

  /** Says for the last time what there is to learn; its lease stays as it is. Waits for a store that is silent 10 s at most. */
  async leave(): Promise<void> {
    this.#setting.clock.clearTimeout(this.#timer);
    if (this.#closed || this.#contactUntil === 0) return;
    try {
      await within(this.#sayLast());
    } catch (error) {
      this.#setting.contained('acknowledge', error);
    }
  }

  /** Obeys what it knows from now on. Its lease runs out by itself: it may still be serving. */
  close(): void {
    this.#closed = true;
    this.#watching[Symbol.dispose]();
    this.#setting.clock.clearTimeout(this.#timer);
  }

  #decide(): void {
    const isAlone = !this.killed && this.#setting.onLostContact === 'keep';
    this.#alone = isAlone ? this.#table : undefined;
    this.#back = this.#taken.tableOf(this.#state);
  }

  #outside(): Stage {
    return this.#taken.outside(this.#state?.from ?? this.#setting.from);
  }

  #isBack(): boolean {
    if (this.killed) return true;
    const { onLostContact, clock } = this.#setting;
    if (onLostContact === 'keep' || clock.monotonic() < this.#contactUntil) return false;
    // Legacy is not there any more: going back would be no way back.
    return this.#state?.status !== 'frozen' && this.#state?.status !== 'complete';
  }

  /** Tells which version is obeyed, again and again; one word at a time, unless it is overdue. */
  #tell(): void {
    if (this.#closed) return;
    const { clock, pollMs, leaseMs } = this.#setting;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => this.#tell(), Math.min(pollMs, leaseMs / 3));
    const now = clock.monotonic();
    if (this.#toldAt !== undefined && now - this.#toldAt < leaseMs) return;
    this.#toldAt = now;
    // Of all that was said before it keeps nothing: what a promise of all gives would grow by each word.
    this.#saying = Promise.all([this.#saying, this.#acknowledge(now)]).then(() => undefined);
  }

  async #acknowledge(now: number): Promise<void> {
    const { store, rollout, identity: replica, leaseMs, contained } = this.#setting;
    const version = this.#state?.version ?? 0;
    try {
      const answer = await store.acknowledge({
        ...{ rollout, replica, version, leaseMs },
        ...this.#setting.lessons(),
      });
      // First: a lease that has run out and is given anew must not bring back what was obeyed before.
      if (answer.version > (this.#state?.version ?? 0)) await this.#catchUp();
      else if (answer.version < version) await this.#goBack();
      // Counted from before it was asked, and a little less: the store's lease must not end before this one, though its
      // clock runs a little faster.
      this.#contactUntil = Math.max(this.#contactUntil, now + leaseMs * ownShare);
    } catch (error) {
      if (!this.#closed) contained('acknowledge', error);
    }
    if (this.#toldAt === now) this.#toldAt = undefined;
  }

  async #sayLast(): Promise<void> {
    // Behind what is on its way, which knows less.
    await this.#saying;
    const { store, rollout, identity: replica, lessons } = this.#setting;
    const version = this.#state?.version ?? 0;
    await store.acknowledge({ rollout, replica, version, leaseMs: 0, ...lessons() });
  }

  async #catchUp(): Promise<void> {
    const { state } = await this.#setting.store.rollout(this.#setting.rollout);
    if (state !== undefined) this.adopt(state);
  }

  /** The store is behind what it has said itself: it counts for all, or its next versions would be taken for known ones. */
  async #goBack(): Promise<void> {
    const { store, rollout, lost } = this.#setting;
    const { state } = await store.rollout(rollout);
    const before = this.#state;
    if (state === undefined || before === undefined || state.version >= before.version) return;
    lost(before.version, state.version);
    this.#obey(state, before);
  }
}

const told = [
  'from',
  'to',
  'percent',
  'step',
  'since',
  'status',
  'why',
  'policyHash',
  'actor',
] as const;

/** Whether a state is newer, or another one in the place of one that the store has lost. */
function isNews(state: RolloutState, before: RolloutState): boolean {
  if (state.version !== before.version) return state.version > before.version;
  return told.some((name) => state[name] !== before[name]);
}
