import { within } from '../within.ts';

/** Asks whether legacy still answers. */
export type LegacyProbe = () => boolean | PromiseLike<boolean>;

/** Whether the way back is alive, as far as this process knows. */
export class LegacyPulse {
  readonly #probe: LegacyProbe | undefined;
  readonly #contained: (error: unknown) => void;
  readonly #now: () => number;
  /** Routes whose legacy is gone, and since when. */
  readonly #gone = new Map<string, number>();
  #answers = true;

  constructor(
    probe: LegacyProbe | undefined,
    { contained, now }: { contained: (error: unknown) => void; now: () => number },
  ) {
    this.#probe = probe;
    this.#contained = contained;
    this.#now = now;
  }

  /** False: legacy has said that it no longer exists, or the probe has. */
  get alive(): boolean {
    return this.#answers && this.#gone.size === 0;
  }

  /** A route has heard that its legacy is gone, or answers again. */
  heard(route: string, alive: boolean): void {
    if (alive) this.#gone.delete(route);
    else this.#gone.set(route, this.#now());
  }

  /** A person has resumed the ramp, and answers for it: where nobody is sent to legacy, no route hears that it is back. */
  resumed(at: number): void {
    for (const [route, since] of this.#gone) if (since <= at) this.#gone.delete(route);
  }

  /** Asks; a probe that fails, answers neither true nor false, or does not answer within 10 s, says nothing. */
  async check(): Promise<boolean> {
    try {
      if (this.#probe !== undefined) this.#answers = answerOf(await within(this.#probe()));
    } catch (error) {
      this.#contained(error);
    }
    return this.alive;
  }
}

/** A forgotten return must not take the way back away. */
function answerOf(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new TypeError(`probeLegacy must answer true or false, not ${typeof answer}.`);
}
