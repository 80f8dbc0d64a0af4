import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { Lease, LeaseFence } from '../../core/contracts/rollout-store.ts';
import type { Store } from '../../core/contracts/store.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import type { Contained } from '../contained-words.ts';
import type { FullPlan } from '../plan/full-plan.ts';
import { RolloutError } from '../rollout-error.ts';
import type { Journal } from '../state/journal.ts';
import { automaticChange, planTakenUp } from './automatic-change.ts';
import type { RampDecision } from './decision.ts';
import { LeaseHold } from './lease-hold.ts';
import { movingOf, type StepPreview } from './preview.ts';

/** What a leader decides by. */
export interface LeaderSetting {
  readonly store: Store;
  readonly rollout: string;
  readonly identity: string;
  readonly plan: FullPlan;
  readonly clock: Clock;
  readonly now: () => number;
  readonly lookMs: number;
  readonly leaseMs: number;
  readonly journal: Journal;
  /** Reads the gates and decides; changes nothing. */
  readonly decide: (state: RolloutState) => Promise<RampDecision>;
  /** Who would move by the next step; where nobody would, it is not taken without a person. */
  readonly nextStep: (state: RolloutState) => Promise<StepPreview>;
  /** Whether a way back is in force here that the store does not know yet. */
  readonly isKilled: () => boolean;
  readonly adopt: (state: RolloutState) => void;
  /** Lets the store forget what is old. Never rejects. */
  readonly sweep: () => Promise<void>;
  readonly contained: (what: Contained, error: unknown) => void;
  /** Told when another process that leads has the same identity. */
  readonly shared: () => void;
  /** Told while another's lease keeps everybody from leading for far longer than leases last. */
  readonly stuck: (lease: Lease) => void;
}

/** Decides for the ramp while it holds the lease: one of all replicas does, at any time. */
export class Leader {
  readonly #setting: LeaderSetting;
  readonly #hold: LeaseHold;
  #timer: TimerHandle;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(setting: LeaderSetting) {
    this.#setting = setting;
    const { store, rollout, identity: holder, leaseMs, clock, shared } = setting;
    const { now, stuck } = setting;
    const lease = `rollout/${rollout}`;
    const storeNow = async (): Promise<number> => (await store.replicas(rollout)).now;
    const telling = { shared, now, storeNow, stuck };
    this.#hold = new LeaseHold({ store, lease, holder, leaseMs, clock, ...telling });
  }

  /** Whether the lease was this process's when it last looked. */
  get leads(): boolean {
    return this.#hold.isHeld;
  }

  start(tookMs = 0): void {
    if (this.#closed) return;
    const { clock, lookMs, leaseMs } = this.#setting;
    // What a look reads grows with the tenants: of a hundred thousand it would go on without end.
    const restMs = tookMs > lookMs ? Math.max(lookMs, leaseMs / 2) : lookMs;
    inRootScope(() => {
      this.#timer = clock.setTimeout(() => {
        const begun = clock.monotonic();
        void this.look().finally(() => this.start(clock.monotonic() - begun));
      }, restMs);
    });
  }

  /** Looks once, and acts if that is this process's to do. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#setting.clock.clearTimeout(this.#timer);
    this.#hold.leave();
    await this.#looking;
    try {
      await this.#hold.release();
    } catch (error) {
      this.#setting.contained('release', error);
    }
  }

  async #look(): Promise<void> {
    try {
      const fence = await this.#hold.take();
      // A leader that was closed meanwhile gives the lease back.
      if (fence === undefined || this.#closed) return;
      await this.#hold.during(() => this.#act(fence));
      await this.#setting.sweep();
    } catch (error) {
      // Somebody was faster: what there is to do now is for the next look.
      if (!(error instanceof RolloutError)) this.#setting.contained('look', error);
    }
  }

  async #act(fence: LeaseFence): Promise<void> {
    const { store, rollout, plan, journal, now, adopt } = this.#setting;
    const { state } = await store.rollout(rollout);
    if (state === undefined) return;
    const decision =
      state.policyHash === plan.policyHash ? await this.#setting.decide(state) : undefined;
    const isClimbing = decision?.does === 'advance';
    if (isClimbing && this.#setting.isKilled()) return;
    const preview = isClimbing ? await this.#setting.nextStep(state) : undefined;
    if (preview?.empty) return;
    const moving = preview && movingOf(preview);
    const after = await journal.make({
      action: `auto.${decision?.does ?? 'plan'}`,
      // A way back stands against what others have changed meanwhile; all else is decided anew.
      commutes: decision?.does === 'roll-back' || decision?.does === 'freeze',
      fence,
      decide: (before) => {
        if (before === undefined) return undefined;
        const setting = { rollout, plan, at: now(), ...(moving && { moving }) };
        const isSame = before.version === state.version;
        if (decision === undefined) return isSame ? planTakenUp(before, setting) : undefined;
        const isBack = decision.does === 'roll-back' || decision.does === 'freeze';
        return isSame || (isBack && isAhead(before, state))
          ? automaticChange(before, decision, setting)
          : undefined;
      },
    });
    if (after !== undefined) adopt(after);
  }
}

/** Whether a ramp is still at what was found harmful, or beyond: who moved it on meanwhile has not seen that. */
function isAhead(now: RolloutState, then: RolloutState): boolean {
  return now.since === then.since || (now.step >= then.step && now.percent >= then.percent);
}
