import type { Clock } from '../../core/time/clock.ts';

/** Evaluations that a provider may owe at once: a provider that hangs must not collect promises without end. */
const maxInFlight = 1_000;
/** Milliseconds after which nobody waits for an evaluation any more. A caller has long been answered otherwise. */
const lateAfterMs = 1_000;
/** Milliseconds after which an evaluation is given up, and the provider is asked anew. */
const abandonedAfterMs = 5_000;

interface Flight<T> {
  readonly startedAt: number;
  readonly outcome: Promise<T>;
}

/** One pending evaluation a key, however many callers want it. */
export class InFlight<T> {
  readonly #clock: Clock;
  readonly #flights = new Map<string, Flight<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The pending outcome; `late` when it is not worth waiting for; undefined when nothing is pending. */
  join(key: string): Promise<T> | 'late' | undefined {
    const flight = this.#flights.get(key);
    if (flight === undefined) return undefined;
    const age = this.#clock.monotonic() - flight.startedAt;
    if (age < lateAfterMs) return flight.outcome;
    if (age < abandonedAfterMs) return 'late';
    this.#flights.delete(key);
    return undefined;
  }

  /** Whether there is room for one more, once what is overdue is given up. */
  hasRoom(): boolean {
    if (this.#flights.size < maxInFlight) return true;
    const overdue = this.#clock.monotonic() - abandonedAfterMs;
    for (const [key, { startedAt }] of this.#flights) {
      if (startedAt > overdue) break;
      this.#flights.delete(key);
    }
    return this.#flights.size < maxInFlight;
  }

  /**
   * Starts an evaluation that never rejects. It is told, once it knows its outcome, whether that still counts: not after
   * it was given up, and not after a change that it may have missed.
   */
  start(key: string, evaluate: (stillCounts: () => boolean) => Promise<T>): Promise<T> {
    let flight: Flight<T> | undefined;
    const stillCounts = (): boolean => flight !== undefined && this.#flights.get(key) === flight;
    const outcome = evaluate(stillCounts).then((value) => {
      if (stillCounts()) this.#flights.delete(key);
      return value;
    });
    flight = { startedAt: this.#clock.monotonic(), outcome };
    this.#flights.set(key, flight);
    return outcome;
  }

  /** Gives up all: their callers still get the outcomes, nobody else does. */
  abandon(): void {
    this.#flights.clear();
  }
}
