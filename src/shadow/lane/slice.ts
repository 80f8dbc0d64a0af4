import type { Clock } from '../../core/time/clock.ts';

/** A look at the clock costs as much as half a task: after steps this quick the next few are taken on trust. */
const quickMs = 0.05;

/** Steps taken on trust at most: a step may turn out to be a slow one. */
const trustedSteps = 8;

/** A part of the event loop's time: what a lane may use before it lets others go on. */
export class Slice {
  readonly #clock: Clock;
  readonly #lengthMs: number;
  readonly #maxSteps: number;
  /** The monotonic time as of the latest look. */
  now = 0;
  /** The same in whole milliseconds: engines keep whole numbers in place, and others as objects of their own. */
  nowMs = 0;
  #endsAt = 0;
  #stepsLeft = 0;
  #trusted = 1;
  #untilLook = 1;
  /** When the clock was looked at because of a step. */
  #steppedAt = 0;

  constructor(clock: Clock, lengthMs: number, maxSteps: number) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
    this.#maxSteps = maxSteps;
  }

  begin(): void {
    this.look();
    this.#endsAt = this.now + this.#lengthMs;
    this.#stepsLeft = this.#maxSteps;
    this.#trustNone();
  }

  /** Goes on in what another one has left. */
  follow(other: Slice): void {
    this.now = other.now;
    this.nowMs = other.nowMs;
    this.#endsAt = other.#endsAt;
    this.#stepsLeft = other.#stepsLeft;
    this.#trustNone();
  }

  /** Looks at the clock. True: there is time left; else there is none until it begins again, whoever takes a step on trust. */
  look(): boolean {
    this.now = this.#clock.monotonic();
    this.nowMs = Math.ceil(this.now);
    if (this.now >= this.#endsAt) this.#stepsLeft = 0;
    return this.#stepsLeft > 0;
  }

  /** Counts a step that was taken. True: there is time left. */
  step(): boolean {
    this.#stepsLeft--;
    if (--this.#untilLook > 0) return this.#stepsLeft > 0;
    const isTimeLeft = this.look();
    const isQuick = this.now - this.#steppedAt < quickMs;
    this.#trusted = isQuick ? Math.min(this.#trusted * 2, trustedSteps) : 1;
    this.#untilLook = this.#trusted;
    this.#steppedAt = this.now;
    return isTimeLeft;
  }

  #trustNone(): void {
    this.#trusted = 1;
    this.#untilLook = 1;
    this.#steppedAt = this.now;
  }
}
