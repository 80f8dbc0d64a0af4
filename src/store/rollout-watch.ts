import { attempt, disregard } from '../core/attempt.ts';
import type { RolloutState } from '../core/contracts/rollout-state.ts';
import type { RolloutWatcher } from '../core/contracts/rollout-store.ts';
import { inRootScope } from '../core/root-scope.ts';
import { type Clock, longestTimerMs, type TimerHandle } from '../core/time/clock.ts';

/** What a watch looks at, and how often. */
export interface Watched {
  newer(version: number): Promise<RolloutState | undefined>;
  readonly pollMs: number;
  readonly clock: Clock;
}

/** Looks for newer states, every so often and whenever it is given a hint; one look at a time. */
export class RolloutWatch implements Disposable {
  readonly #watched: Watched;
  readonly #watcher: RolloutWatcher;
  #version = 0;
  #timer: TimerHandle;
  #state: 'idle' | 'looking' | 'hinted' | 'over' = 'idle';

  constructor(watched: Watched, watcher: RolloutWatcher) {
    this.#watched = watched;
    this.#watcher = watcher;
    this.hint();
  }

  /** Something may have changed: looks now, or again after the look that is under way. */
  hint(): void {
    if (this.#state === 'looking') this.#state = 'hinted';
    if (this.#state !== 'idle') return;
    this.#watched.clock.clearTimeout(this.#timer);
    this.#state = 'looking';
    void inRootScope(() => this.#look());
  }

  [Symbol.dispose](): void {
    this.#state = 'over';
    this.#watched.clock.clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const state = await this.#watched.newer(this.#version);
      if (state !== undefined) this.#tell(state);
    } catch (error) {
      if (this.#state !== 'over') disregard(attempt(() => this.#watcher.failed?.(error)));
    }
    this.#next();
  }

  #tell(state: RolloutState): void {
    if (this.#state === 'over' || state.version <= this.#version) return;
    this.#version = state.version;
    disregard(attempt(() => this.#watcher.changed(state)));
  }

  #next(): void {
    if (this.#state === 'over') return;
    const again = this.#state === 'hinted';
    this.#state = 'idle';
    if (again) this.hint();
    else this.#sleep();
  }

  #sleep(): void {
    // Spread, so that replicas that started together do not ask together.
    const { clock, pollMs } = this.#watched;
    const ms = Math.min(pollMs * (0.8 + 0.4 * Math.random()), longestTimerMs);
    this.#timer = clock.setTimeout(() => this.hint(), ms);
  }
}
