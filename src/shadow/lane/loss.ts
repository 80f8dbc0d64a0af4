/** Where a lane warns. The code names the kind of warning. */
export type Warn = (code: string, message: string) => void;

/** Tells of lost tasks twice: when the loss begins, and with their number when it is over. */
export class Loss {
  readonly #lane: string;
  readonly #warn: Warn;
  #lost = 0;
  #isTold = false;

  constructor(lane: string, warn: Warn) {
    this.#lane = lane;
    this.#warn = warn;
  }

  count(): void {
    this.#lost++;
  }

  /** Warns of what has changed. Apart from the counting, because a logger has no place on the caller's path. */
  tell(isOver: boolean): void {
    if (this.#lost === 0) return;
    if (!this.#isTold) {
      this.#isTold = true;
      this.#warn(
        'CUTOVER_LANE_OVERFLOW',
        `The ${this.#lane} lane has no room: background tasks are dropped and counted.`,
      );
    }
    if (!isOver) return;
    const lost = this.#lost;
    this.#lost = 0;
    this.#isTold = false;
    this.#warn(
      'CUTOVER_LANE_RECOVERED',
      `The ${this.#lane} lane has room again; ${lost} background tasks were dropped.`,
    );
  }
}
