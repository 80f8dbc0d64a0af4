import type { LearnTarget, LearnVia } from '../../core/contracts/learner.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Gate } from '../work.ts';
import type { Address, TellDelivery } from './address.ts';
import { Admission } from './admission.ts';
import { Channel } from './channel.ts';
import { Pause } from './pause.ts';

/** A refused key is tried again after this: a database outage looks like a bad key, and is remembered for a minute. */
const doubtMs = 60_000;

/** The longest wait between tries of a key that is refused again and again, and before a full scope is asked again. */
const longestMs = 3_600_000;

/** One scope of the service. One call is on its way to it at a time: parallel learns race there. */
export class Scope implements Gate {
  readonly limit = 1;
  readonly within: Address;
  inUse = 0;
  /** The latest handle of this scope; all are of one key. */
  target: LearnTarget;
  /** Shut while the scope holds as many patterns as it may. */
  readonly quota: Admission;
  readonly #clock: Clock;
  readonly #tell: TellDelivery;
  readonly #channels = new Map<LearnVia, Channel>();
  readonly #pause: Pause;
  #hasWorked = false;
  #unauthorized = 0;

  constructor(target: LearnTarget, within: Address, clock: Clock, tell: TellDelivery) {
    this.target = target;
    this.within = within;
    this.quota = new Admission(clock);
    this.#clock = clock;
    this.#pause = new Pause(clock);
    this.#tell = tell;
  }

  /** The way of that name into this scope. */
  channel(via: LearnVia): Channel {
    let channel = this.#channels.get(via);
    if (channel === undefined) {
      channel = new Channel(via, this, this.#clock, this.#tell);
      this.#channels.set(via, channel);
    }
    return channel;
  }

  readyInMs(): number {
    if (this.quota.isShut) return 0;
    return this.#pause.leftMs;
  }

  worked(): void {
    // A doubt was told as a pause, like the refusals of a key that never worked: only what was told as open is closed.
    const wasOpen = this.#hasWorked && this.#unauthorized > 1;
    const wasPaused = this.#unauthorized > 0 && !wasOpen;
    if (wasPaused || !this.quota.isOpen) this.#tell('resumed');
    if (wasOpen) this.#tell('closed');
    this.quota.open();
    this.#hasWorked = true;
    this.#unauthorized = 0;
  }

  full(): void {
    this.quota.shut(longestMs);
    this.#tell('quota', longestMs);
  }

  /** The key was refused. True: it worked before, so the refusal is in doubt and the task may be tried once more. */
  unauthorized(): boolean {
    const isDoubtful = this.#hasWorked && this.#unauthorized === 0;
    this.#unauthorized++;
    const refusals = this.#unauthorized - (this.#hasWorked ? 1 : 0);
    const forMs = Math.min(longestMs, doubtMs * 2 ** Math.max(refusals - 1, 0));
    this.#pause.hold(forMs);
    this.#tell(this.#hasWorked && !isDoubtful ? 'open' : 'paused', forMs);
    return isDoubtful;
  }
}
