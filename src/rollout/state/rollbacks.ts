import type { RolloutState, RolloutStatus } from '../../core/contracts/rollout-state.ts';
import { isCutoverError } from '../../core/errors.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Stage } from '../../core/stage.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import { wordsOf } from '../contained-words.ts';
import type { PersonAction } from '../person-action.ts';
import { RolloutError } from '../rollout-error.ts';
import { factsOf, type RampFactKind } from './facts-of.ts';
import type { Journal } from './journal.ts';
import { backTo, draftOf, type RampDraft, rolledBack, servesCandidate } from './ramp-state.ts';

/** A way back that was ordered. */
export interface RollbackOrder {
  readonly kind: Extract<RampFactKind, 'rollback' | 'kill' | 'ramp.frozen'>;
  readonly by: PersonAction;
  /** The stage that tenants go back to; absent: the ramp's own. */
  readonly to?: Stage;
  /** Also where nobody is there to go back to. */
  readonly force?: boolean;
  /** Where it was ordered nobody was: it is forced indeed. */
  readonly overDead?: boolean;
}

/** What rollbacks are carried out with. */
export interface RollbackSetting {
  readonly rollout: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly now: () => number;
  readonly retryMs: number;
  /** Takes everybody back in this process, to a stage that was asked for, or lets the state decide again. */
  readonly kill: (killed: boolean, to?: Stage) => void;
  readonly adopt: (state: RolloutState) => void;
  /** What the gates said last, as far as this process knows: a way back waits for no look. */
  readonly lastSaid: () => object;
  readonly contained: (what: 'rollback' | 'freeze', error: unknown) => void;
}

interface Spooled {
  readonly order: RollbackOrder;
  /** When it came into force here. */
  readonly at: number;
  readonly settle: PromiseWithResolvers<RolloutState>;
}

/**
 * Ways back: in force in this process at once, and entered as soon as the store can be reached, against whatever version
 * there is then.
 */
export class Rollbacks {
  readonly #setting: RollbackSetting;
  readonly #spool: Spooled[] = [];
  #draining: Promise<void> | undefined;
  #timer: TimerHandle;
  /** The last order cannot be entered any more: it stays in force here for good. */
  #stands = false;
  #closed = false;

  constructor(setting: RollbackSetting) {
    this.#setting = setting;
  }

  /** Orders that are in force here and not entered yet. */
  get pending(): number {
    return this.#spool.length;
  }

  /** Takes everybody back here, now. The promise is of the entry: it rejects when the store does not take it at once. */
  order(order: RollbackOrder): Promise<RolloutState> {
    if (order.kind !== 'ramp.frozen') this.#setting.kill(true, order.to);
    // The first one may be on its way already: what it finds there could be older than this order.
    const same = this.#spool.slice(1).find((spooled) => isSame(spooled.order, order));
    const settle = same?.settle ?? Promise.withResolvers<RolloutState>();
    settle.promise.catch(() => undefined);
    if (same === undefined) this.#spool.push({ order, at: this.#setting.now(), settle });
    void this.drain();
    return settle.promise;
  }

  /** Tries to enter what was ordered. */
  drain(): Promise<void> {
    if (this.#spool.length === 0) return this.#draining ?? Promise.resolve();
    this.#draining ??= inRootScope(() => this.#drain());
    return this.#draining;
  }

  async close(): Promise<void> {
    await this.drain();
    this.#closed = true;
    this.#setting.clock.clearTimeout(this.#timer);
  }

  /** Over in the very turn in which nothing is left: an order that came after that would wait for somebody to look. */
  async #drain(): Promise<void> {
    for (let next = this.#spool[0]; next !== undefined; next = this.#spool[0]) {
      try {
        const state = await this.#enter(next);
        this.#setting.adopt(state);
        this.#stands = false;
        this.#spool.shift();
        next.settle.resolve(state);
      } catch (error) {
        if (!isFinal(error)) return this.#postpone(error, next.order);
        this.#stands = true;
        this.#spool.shift();
        next.settle.reject(error);
      }
    }
    this.#draining = undefined;
    if (!this.#stands) this.#setting.kill(false);
  }

  /** Nothing can be entered now: it is tried again later. */
  #postpone(error: unknown, { kind }: RollbackOrder): void {
    this.#draining = undefined;
    this.#setting.contained(kind === 'ramp.frozen' ? 'freeze' : 'rollback', error);
    for (const { settle, order } of this.#spool) settle.reject(unreachable(error, order));
    this.#again();
  }

  async #enter({ order, at: orderedAt }: Spooled): Promise<RolloutState> {
    const { kind: asked, by, to, force = false, overDead = false } = order;
    const { journal, rollout, now, lastSaid } = this.#setting;
    const state = await journal.make({
      action: asked,
      by,
      commutes: true,
      decide: (before) => {
        if (before === undefined) throw new Error('There is no state yet.');
        // Others know of a dead way back, unheard of here.
        const kind = before.status === 'frozen' && !force ? 'ramp.frozen' : asked;
        const at = now();
        const after = kind === 'ramp.frozen' ? frozen(before, by) : back(before, to, at);
        if (after === undefined) return undefined;
        const forced = force && (overDead || before.status === 'frozen');
        const evidence = {
          ...lastSaid(),
          ...(orderedAt < at && { orderedAt }),
          ...(forced && { forced }),
        };
        const told = { kind, actor: by.actor, reason: by.reason, evidence };
        return {
          draft: after,
          actor: by.actor,
          facts: factsOf({ rollout, at, before, after }, told),
        };
      },
    });
    return state as RolloutState;
  }

  #again(): void {
    const { clock, retryMs } = this.#setting;
    clock.clearTimeout(this.#timer);
    if (this.#closed) return;
    inRootScope(() => {
      this.#timer = clock.setTimeout(() => void this.drain(), retryMs);
    });
  }
}

const standing: readonly RolloutStatus[] = ['rolled-back', 'latched'];

/** Undefined: everybody is back already. */
function back(before: RolloutState, to: Stage | undefined, at: number): RampDraft | undefined {
  const from = backTo(before.from, to);
  const isBack = standing.includes(before.status) && !servesCandidate(before);
  if (isBack && from === before.from) return undefined;
  const status = before.status === 'latched' ? 'latched' : 'rolled-back';
  return rolledBack(before, { to: from, at, status });
}

/** Undefined: nobody needs legacy there, or it is frozen already. */
function frozen(before: RolloutState, { reason }: PersonAction): RampDraft | undefined {
  if (before.status === 'frozen' || before.status === 'complete') return undefined;
  return { ...draftOf(before), status: 'frozen', why: reason };
}

/** The store was closed: nothing is entered in it any more. Whatever else there is may pass. */
function isFinal(error: unknown): boolean {
  return isCutoverError(error) && error.code === 'ERR_CUTOVER_CLOSED';
}

function unreachable(cause: unknown, { kind }: RollbackOrder): RolloutError {
  const now =
    kind === 'ramp.frozen'
      ? 'legacy is known to be dead, so that nobody is taken back unless it is forced, and the ramp is frozen'
      : 'it is in force in this process alone, and is entered';
  const what = `the store has not taken it (${wordsOf(cause)}); ${now} once the store takes it`;
  return new RolloutError('rollback()', 'unreachable', [what], { cause });
}

/** Whether one entry does for both: an app may order a way back with every call that fails. */
function isSame(some: RollbackOrder, other: RollbackOrder): boolean {
  return some.kind === other.kind && some.to === other.to && some.force === other.force;
}
