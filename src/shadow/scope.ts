import type { Clock } from '../core/clock.ts';
import type { LearnTarget } from '../core/learner.ts';
import type { Address, TellDelivery } from './address.ts';
import type { Gate } from './work.ts';

/** A refused key is tried again after this: a database outage looks like a bad key, and is remembered for a minute. */
const doubtMs = 60_000;

/** The longest wait between tries of a key that is refused again and again, and before a full scope is asked again. */
const longestMs = 3_600_000;

type Quota =
  | { readonly kind: 'open' }
  | { readonly kind: 'full'; readonly until: number }
  | { readonly kind: 'asking' };

/** One scope of the service. Its lessons are sent one at a time: parallel learns race there. */
export class Scope implements Gate {
  readonly limit = 1;
  readonly within: Address;
  inUse = 0;
  /** The latest handle of this scope; all are of one key. */
  target: LearnTarget;
  readonly #clock: Clock;
  readonly #tell: TellDelivery;
  #heldUntil = 0;
  #quota: Quota = { kind: 'open' };
  #hasWorked = false;
  #unauthorized = 0;

  constructor(target: LearnTarget, within: Address, clock: Clock, tell: TellDelivery) {
    this.target = target;
    this.within = within;
    this.#clock = clock;
    this.#tell = tell;
  }

  readyInMs(): number {
    // What waits for a full scope is not sent but given up; that need not wait.
    if (this.#quota.kind === 'full') return 0;
    return Math.max(this.#heldUntil - this.#clock.monotonic(), this.target.readyInMs(), 0);
  }

  /** Whether a new task may wait for this scope. `probe`: to ask whether a full scope has room again. */
  admit(): 'yes' | 'probe' | 'no' {
    if (this.#quota.kind === 'open') return 'yes';
    if (this.#quota.kind === 'asking') return 'no';
    if (this.#quota.until > this.#clock.monotonic()) return 'no';
    this.#quota = { kind: 'asking' };
    return 'probe';
  }

  /** Whether a waiting task may be sent. */
  takes(isProbe: boolean): boolean {
    return this.#quota.kind === 'open' || (isProbe && this.#quota.kind === 'asking');
  }

  worked(): void {
    if (this.#quota.kind !== 'open') this.#tell('resumed');
    else if (this.#unauthorized > 0) this.#tell(this.#hasWorked ? 'closed' : 'resumed');
    this.#quota = { kind: 'open' };
    this.#hasWorked = true;
    this.#unauthorized = 0;
  }

  full(): void {
    this.#quota = { kind: 'full', until: this.#clock.monotonic() + longestMs };
    this.#tell('quota', longestMs);
  }

  /** The probe was taken back before it could tell anything: the next task may ask. */
  askAgain(): void {
    if (this.#quota.kind !== 'asking') return;
    this.#quota = { kind: 'full', until: this.#clock.monotonic() };
  }

  /** The key was refused. True: it worked before, so the refusal is in doubt and the task may be tried once more. */
  unauthorized(): boolean {
    const isDoubtful = this.#hasWorked && this.#unauthorized === 0;
    this.#unauthorized++;
    const refusals = this.#unauthorized - (this.#hasWorked ? 1 : 0);
    const forMs = Math.min(longestMs, doubtMs * 2 ** Math.max(refusals - 1, 0));
    this.hold(forMs);
    this.#tell(this.#hasWorked && !isDoubtful ? 'open' : 'paused', forMs);
    return isDoubtful;
  }

  hold(forMs: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.monotonic() + forMs);
  }
}
