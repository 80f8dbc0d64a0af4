import type { Stage } from '../../core/stage.ts';
import { keyCopy } from '../../core/text/text.ts';
import type { Clock } from '../../core/time/clock.ts';
import { NUL } from './decision-key.ts';

/** A decision as it was last known. */
export interface CachedDecision {
  /** Of its own: what looks it up may be cut from a whole body. */
  readonly key: string;
  /** Whether the key is a tenant's bare name. One that names more holds a NUL. */
  readonly isBare: boolean;
  readonly stage: Stage;
  /** On the clock's monotonic scale, milliseconds. */
  readonly freshUntil: number;
  /** The count of `expire` calls when it was made. */
  readonly epoch: number;
}

/** Bounds of a decision cache. */
export interface DecisionCacheOptions {
  readonly clock: Clock;
  /** Milliseconds a decision may be served without asking again. */
  readonly ttlMs: number;
  /** Decisions of the younger generation; with the older one at most twice as many are held. */
  readonly maxPerGeneration: number;
}

/**
 * The last known decisions of one flag in two generations: when the younger is full it becomes the older, and what was
 * in the older is forgotten unless it was read meanwhile. No list to keep in order, no sweep.
 */
export class DecisionCache {
  readonly #options: DecisionCacheOptions;
  #young = new Map<string, CachedDecision>();
  #old = new Map<string, CachedDecision>();
  #epoch = 0;

  constructor(options: DecisionCacheOptions) {
    this.#options = options;
  }

  /** Decisions held, at most twice `maxPerGeneration`. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The decision, fresh or not; undefined when it was never made or is forgotten. */
  lastKnown(key: string): CachedDecision | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.#keep(old);
    return old;
  }

  /** Whether a decision may be served without asking again. */
  isFresh(decision: CachedDecision): boolean {
    return decision.epoch === this.#epoch && decision.freshUntil > this.#options.clock.monotonic();
  }

  put(name: string, stage: Stage): void {
    const key = keyCopy(name);
    this.#old.delete(key);
    const freshUntil = this.#options.clock.monotonic() + this.#options.ttlMs;
    this.#keep({ key, isBare: !key.includes(NUL), stage, freshUntil, epoch: this.#epoch });
  }

  /** Makes every decision stale. All stay known: a change that is followed by an outage must not reset a tenant. */
  expire(): void {
    this.#epoch += 1;
  }

  #keep(decision: CachedDecision): void {
    const { key } = decision;
    if (this.#young.size >= this.#options.maxPerGeneration && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, decision);
  }
}
