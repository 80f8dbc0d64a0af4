import { attempt } from '../../core/attempt.ts';
import type { FollowedCutover } from '../rollout.ts';

/** What followed cutovers have learned, and still have to learn: exchanges. */
export interface LessonCounts {
  readonly pending: number;
  readonly learned: number;
}

/** Counts what the cutovers of this process learn. */
export class Lessons {
  readonly #cutovers = new Set<FollowedCutover>();

  add(cutover: FollowedCutover): void {
    this.#cutovers.add(cutover);
  }

  delete(cutover: FollowedCutover): void {
    this.#cutovers.delete(cutover);
  }

  get counts(): LessonCounts {
    const counts = { pending: 0, learned: 0 };
    for (const cutover of this.#cutovers) {
      // One that cannot say it must not keep its replica from telling the store which version it obeys.
      const learn = attempt(() => cutover.stats().learn);
      counts.pending += learn?.pending ?? 0;
      counts.learned += (learn?.ok?.stored ?? 0) + (learn?.ok?.deduplicated ?? 0);
    }
    return counts;
  }
}
