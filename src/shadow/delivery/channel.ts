import type { SkipReason } from '../../core/contracts/counts.ts';
import type { LearnVia } from '../../core/contracts/learner.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { BundleRule, Gate } from '../work.ts';
import type { TellDelivery } from './address.ts';
import { Admission } from './admission.ts';
import { type DeliveryKind, deliveryKinds } from './delivery-kinds.ts';
import { Pause } from './pause.ts';
import type { Scope } from './scope.ts';

/** How long a way that the key's role does not allow is left alone before it is tried again. */
const forbiddenMs = 3_600_000;

/** One way into a scope, with its own pace and its own size of batches. */
export class Channel implements Gate {
  readonly limit = 1;
  readonly within: Scope;
  readonly kind: DeliveryKind;
  bundles: BundleRule | undefined;
  readonly #via: LearnVia;
  readonly #pause: Pause;
  readonly #tell: TellDelivery;
  /** Shut while the key may not go this way. */
  readonly #role: Admission;
  #isPaused = false;

  constructor(via: LearnVia, within: Scope, clock: Clock, tell: TellDelivery) {
    this.within = within;
    this.kind = deliveryKinds[via];
    this.bundles = this.kind.bundles;
    this.#via = via;
    this.#pause = new Pause(clock);
    this.#tell = tell;
    this.#role = new Admission(clock);
  }

  readyInMs(): number {
    if (this.#role.isShut || this.within.quota.isShut) return 0;
    return Math.max(this.#pause.leftMs, this.within.target.readyInMs(this.#via));
  }

  /** Whether a new task may wait here, or why not. `probe`: to ask whether what was shut is open again. */
  admit(): 'yes' | 'probe' | Extract<SkipReason, 'noKey' | 'budget'> {
    const byRole = this.#role.admit();
    if (byRole === 'no') return 'noKey';
    const byQuota = this.within.quota.admit();
    if (byQuota !== 'no') return byRole === 'probe' ? byRole : byQuota;
    this.#role.askAgain();
    return 'budget';
  }

  /** Whether a waiting task may be sent. */
  takes(isProbe: boolean): boolean {
    return this.#role.takes(isProbe) && this.within.quota.takes(isProbe);
  }

  worked(): void {
    if (this.#isPaused || !this.#role.isOpen) this.#tell('resumed');
    this.#isPaused = false;
    this.#role.open();
    this.within.worked();
  }

  /** A probe was taken back before it could tell anything: the next task may ask. */
  askAgain(): void {
    this.#role.askAgain();
    this.within.quota.askAgain();
  }

  /** The key's role does not allow this way. */
  forbid(mend: string): void {
    this.#role.shut(forbiddenMs);
    this.#tell('forbidden', forbiddenMs, mend);
  }

  /** The service has had enough calls on this path. */
  pause(forMs: number): void {
    this.hold(forMs);
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#tell('paused', forMs);
  }

  hold(forMs: number): void {
    this.#pause.hold(forMs);
  }

  /** A batch of that load was too large for something on the way: from now on none is more than half of it. */
  shrink(load: number): void {
    if (this.bundles === undefined) return;
    const maxLoad = Math.min(this.bundles.maxLoad, Math.floor(load / 2));
    this.bundles = { ...this.bundles, maxLoad };
  }
}
