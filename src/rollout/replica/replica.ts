import { attempt, disregard } from '../../core/attempt.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { type Stage, stages } from '../../core/stage.ts';
import { Acknowledging, type AcknowledgingSetting } from './acknowledging.ts';
import { type StageAnswer, stageAnswers } from './stage-answer.ts';
import { StageTable } from './stage-table.ts';
import { isNews } from './state-news.ts';
import { TakenBack } from './taken-back.ts';

/** What a replica obeys by. */
export interface ReplicaSetting extends AcknowledgingSetting {
  readonly onLostContact: 'keep' | 'legacy';
  /** Where tenants go that are taken back before any state is known. */
  readonly from: Stage;
  readonly changed: (state: RolloutState, before: RolloutState | undefined) => void;
}

/**
 * This process as one of the replicas: follows the newest state, tells the store which one it obeys, and answers who is in
 * which stage without waiting for anything.
 */
export class Replica {
  readonly #setting: ReplicaSetting;
  readonly #watching: Disposable;
  readonly #acknowledging: Acknowledging;
  #table: StageTable | undefined;
  /** The table, while nothing else has a say. */
  #alone: StageTable | undefined;
  #state: RolloutState | undefined;
  readonly #taken = new TakenBack();
  /** Where everybody is who was taken back further than to legacy. */
  #back: StageTable | undefined;
  #closed = false;

  constructor(setting: ReplicaSetting) {
    this.#setting = setting;
    this.#acknowledging = new Acknowledging(setting, this);
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
    return this.#state !== undefined && !this.#acknowledging.inContact;
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
    this.obey(state);
  }

  /** Obeys a state, whatever was obeyed before. */
  obey(state: RolloutState): void {
    const before = this.#state;
    this.#state = state;
    this.#table = new StageTable(state, this.#table);
    this.#decide();
    // A way back that is taken after the end is obeyed, too, and nobody hears of it from here.
    if (this.#closed) return;
    this.#acknowledging.changed();
    disregard(attempt(() => this.#setting.changed(state, before)));
  }

  /** Says for the last time what there is to learn; its lease stays as it is. Waits for a store that is silent 10 s at most. */
  leave(): Promise<void> {
    return this.#acknowledging.leave();
  }

  /** Obeys what it knows from now on. Its lease runs out by itself: it may still be serving. */
  close(): void {
    this.#closed = true;
    this.#watching[Symbol.dispose]();
    this.#acknowledging.close();
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
    if (this.#setting.onLostContact === 'keep' || this.#acknowledging.inContact) return false;
    // Legacy is not there any more: going back would be no way back.
    return this.#state?.status !== 'frozen' && this.#state?.status !== 'complete';
  }
}
