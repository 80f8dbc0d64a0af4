import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { Store } from '../../core/contracts/store.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import type { Contained } from '../contained-words.ts';
import type { LessonCounts } from '../evidence/lessons.ts';
import { within } from '../within.ts';
import { differ } from './state-news.ts';

/** Share of its lease that a replica uses: the rest is for clocks that do not run alike. */
const ownShare = 0.98;

/** What a replica's words to the store are made of. */
export interface AcknowledgingSetting {
  readonly store: Store;
  readonly rollout: string;
  readonly identity: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly pollMs: number;
  /** What is told to the store with each acknowledgement. */
  readonly lessons: () => LessonCounts;
  readonly contained: (what: Contained, error: unknown) => void;
  /** Told when the store no longer has a version that it had; `there` undefined: it has none at all. */
  readonly lost: (version: number, there: number | undefined) => void;
}

/** Who obeys what is acknowledged. */
export interface Obeying {
  readonly state: RolloutState | undefined;
  /** Obeys a state if it is newer. */
  adopt(state: RolloutState): void;
  /** Obeys a state whatever was obeyed before. */
  obey(state: RolloutState): void;
}

/** Tells the store which version is obeyed, again and again, and hears from it what is in force. */
export class Acknowledging {
  readonly #setting: AcknowledgingSetting;
  readonly #obeying: Obeying;
  /** On the monotonic clock. */
  #contactUntil = 0;
  #toldAt: number | undefined;
  /** What is on its way to the store. */
  #saying: Promise<unknown> = Promise.resolve();
  #timer: TimerHandle;
  #closed = false;
  /** The store could not be reached since it was looked at last: another server may answer now. */
  #wasCut = false;

  constructor(setting: AcknowledgingSetting, obeying: Obeying) {
    this.#setting = setting;
    this.#obeying = obeying;
  }

  /** Whether the store has been reached within the lease. */
  get inContact(): boolean {
    return this.#setting.clock.monotonic() < this.#contactUntil;
  }

  /** Something else is obeyed from now on: says so at once. */
  changed(): void {
    this.#toldAt = undefined;
    inRootScope(() => this.#tell());
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

  close(): void {
    this.#closed = true;
    this.#setting.clock.clearTimeout(this.#timer);
  }

  /** One word at a time, unless it is overdue. */
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
    const { store, rollout, identity: replica, leaseMs, contained, lessons } = this.#setting;
    const version = this.#version;
    try {
      const answer = await store.acknowledge({ rollout, replica, version, leaseMs, ...lessons() });
      // First: a lease that has run out and is given anew must not bring back what was obeyed before.
      if (answer.version > this.#version) await this.#catchUp();
      else if (answer.version < version || this.#wasCut) await this.#lookAgain();
      this.#wasCut = false;
      // Counted from before it was asked, and a little less: the store's lease must not end before this one, though its
      // clock runs a little faster.
      this.#contactUntil = Math.max(this.#contactUntil, now + leaseMs * ownShare);
    } catch (error) {
      this.#wasCut = true;
      if (!this.#closed) contained('acknowledge', error);
    }
    if (this.#toldAt === now) this.#toldAt = undefined;
  }

  async #sayLast(): Promise<void> {
    // Behind what is on its way, which knows less.
    await this.#saying;
    const { store, rollout, identity: replica, lessons } = this.#setting;
    await store.acknowledge({
      ...{ rollout, replica, version: this.#version, leaseMs: 0 },
      ...lessons(),
    });
  }

  async #catchUp(): Promise<void> {
    const state = await this.#stored();
    if (state !== undefined) this.#obeying.adopt(state);
  }

  /** A store that is behind what it has said itself counts for all: its next versions would be taken for known ones. */
  async #lookAgain(): Promise<void> {
    const before = this.#obeying.state;
    const state = await this.#stored();
    if (before === undefined || this.#obeying.state !== before) return;
    if (state === undefined) return this.#setting.lost(before.version, undefined);
    if (state.version === before.version && !differ(state, before)) return;
    if (state.version <= before.version) this.#setting.lost(before.version, state.version);
    this.#obeying.obey(state);
  }

  async #stored(): Promise<RolloutState | undefined> {
    const { store, rollout } = this.#setting;
    return (await store.rollout(rollout)).state;
  }

  get #version(): number {
    return this.#obeying.state?.version ?? 0;
  }
}
