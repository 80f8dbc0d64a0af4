/** Where a lane warns. The code names the kind of warning. */
export type Warn = (code: string, message: string) => void;

/** What is lost, in the words of its two warnings. */
interface LossWords {
  readonly code: string;
  readonly begins: string;
  readonly recovered: string;
  readonly ends: (lost: number) => string;
}

/** The ways in which a lane loses tasks without being told to: there is no place for them, or their turn does not come. */
export const lossWords = {
  ofRoom: {
    code: 'CUTOVER_LANE_OVERFLOW',
    begins: 'has no room: background tasks are dropped and counted',
    recovered: 'CUTOVER_LANE_RECOVERED',
    ends: (lost) => `has room again; ${lost} background tasks were dropped`,
  },
  ofAge: {
    code: 'CUTOVER_LANE_LATE',
    begins: 'does not keep up: background tasks that have waited too long are given up and counted',
    recovered: 'CUTOVER_LANE_IN_TIME',
    ends: (lost) => `keeps up again; ${lost} background tasks had waited too long`,
  },
} as const satisfies Record<string, LossWords>;

/** Tells of lost tasks twice: when the loss begins, and with their number when it is over. */
export class Loss {
  readonly #lane: string;
  readonly #warn: Warn;
  readonly #words: LossWords;
  #lost = 0;
  #isTold = false;

  constructor(lane: string, warn: Warn, words: LossWords) {
    this.#lane = lane;
    this.#warn = warn;
    this.#words = words;
  }

  count(): void {
    this.#lost++;
  }

  /** Warns of what has changed. Apart from the counting, because a logger has no place on the caller's path. */
  tell(isOver: boolean): void {
    if (this.#lost === 0) return;
    const { code, begins, recovered, ends } = this.#words;
    if (!this.#isTold) {
      this.#isTold = true;
      this.#warn(code, `The ${this.#lane} lane ${begins}.`);
    }
    if (!isOver) return;
    const lost = this.#lost;
    this.#lost = 0;
    this.#isTold = false;
    this.#warn(recovered, `The ${this.#lane} lane ${ends(lost)}.`);
  }
}
