import type { LaneName, Reporter } from '../../core/events/events.ts';

/** Tells when a lane gets stuck, and when it goes on. */
export class Jam {
  readonly #lane: LaneName;
  readonly #reporter: Reporter;
  #wasStuck = false;

  constructor(lane: LaneName, reporter: Reporter) {
    this.#lane = lane;
    this.#reporter = reporter;
  }

  tell(isStuck: boolean): void {
    if (isStuck === this.#wasStuck) return;
    this.#wasStuck = isStuck;
    if (!this.#reporter.wants('delivery')) return;
    this.#reporter.emit('delivery', { lane: this.#lane, state: isStuck ? 'stuck' : 'resumed' });
  }
}
