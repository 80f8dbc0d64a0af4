import { bucketOf, saltSeed } from '../core/bucket.ts';
import type { Stage } from '../core/stage.ts';
import type { RampDraft } from './ramp-state.ts';

/** A state made ready for the question of every call: who is in which stage. */
export class StageTable {
  readonly #inside: Stage;
  readonly #outside: Stage;
  /** Buckets below it are inside. */
  readonly #threshold: number;
  readonly #seed: number;
  readonly overrides: ReadonlyMap<string, Stage>;

  constructor(state: RampDraft, before?: StageTable) {
    this.#inside = state.to;
    this.#outside = state.from;
    this.#threshold = Math.round(state.percent * 100);
    this.#seed = saltSeed(state.salt);
    // Kept by reference: a step of a ramp must not cost a copy of ten thousand overrides.
    this.overrides = sameOverrides(before, state) ?? new Map(Object.entries(state.overrides));
  }

  stageOf(tenant: string): Stage {
    if (this.overrides.size > 0) {
      const override = this.overrides.get(tenant);
      if (override !== undefined) return override;
    }
    return bucketOf(this.#seed, tenant) < this.#threshold ? this.#inside : this.#outside;
  }
}

function sameOverrides(before: StageTable | undefined, { overrides }: RampDraft) {
  const known = before?.overrides;
  const tenants = Object.keys(overrides);
  if (known?.size !== tenants.length) return undefined;
  return tenants.every((tenant) => known.get(tenant) === overrides[tenant]) ? known : undefined;
}
