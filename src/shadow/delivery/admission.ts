import type { Clock } from '../../core/time/clock.ts';

type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'shut'; readonly until: number }
  | { readonly kind: 'asking' };

/** Whether tasks are let in to where they would go: shut for a while, and then asked about with one task. */
export class Admission {
  readonly #clock: Clock;
  #state: State = { kind: 'open' };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  /** What waits is not sent but given up; that need not wait. */
  get isShut(): boolean {
    return this.#state.kind === 'shut';
  }

  /** Whether a new task may wait. `probe`: to ask whether it is open again. */
  admit(): 'yes' | 'probe' | 'no' {
    if (this.#state.kind === 'open') return 'yes';
    if (this.#state.kind === 'asking' || this.#state.until > this.#clock.monotonic()) return 'no';
    this.#state = { kind: 'asking' };
    return 'probe';
  }

  /** Whether a waiting task may be sent. */
  takes(isProbe: boolean): boolean {
    return this.#state.kind === 'open' || (isProbe && this.#state.kind === 'asking');
  }

  open(): void {
    this.#state = { kind: 'open' };
  }

  shut(forMs: number): void {
    this.#state = { kind: 'shut', until: this.#clock.monotonic() + forMs };
  }

  /** The probe was taken back before it could tell anything: the next task may ask. */
  askAgain(): void {
    if (this.#state.kind === 'asking') this.shut(0);
  }
}
