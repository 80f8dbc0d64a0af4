import { within } from './within.ts';

/** Asks whether legacy still answers. */
export type LegacyProbe = () => boolean | PromiseLike<boolean>;

/** Whether the way back is alive, as far as this process knows. */
export class LegacyPulse {
  readonly #probe: LegacyProbe | undefined;
  readonly #contained: (error: unknown) => void;
  readonly #gone = new Set<string>();
  #answers = true;

  constructor(probe: LegacyProbe | undefined, contained: (error: unknown) => void) {
    this.#probe = probe;
    this.#contained = contained;
  }

  /** False: legacy has said that it no longer exists, or the probe has. */
  get alive(): boolean {
    return this.#answers && this.#gone.size === 0;
  }

  /** A route has heard that its legacy is gone, or answers again. */
  heard(route: string, alive: boolean): void {
    if (alive) this.#gone.delete(route);
    else this.#gone.add(route);
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
