import { bucketOf, saltSeed } from '../core/bucket.ts';
import type { Stage } from '../core/stage.ts';
import type { RampDraft } from './ramp-state.ts';
import { type StageAnswer, stageAnswers } from './stage-answer.ts';

/** A state made ready for the question of every call: who is in which stage. */
export class StageTable {
  readonly #inside: StageAnswer;
  readonly #outside: StageAnswer;
  /** Buckets below it are inside. */
  readonly #threshold: number;
  readonly #seed: number;
  readonly overrides: ReadonlyMap<string, StageAnswer>;

  constructor(state: RampDraft, before?: StageTable) {
    this.#inside = stageAnswers[state.to];
    this.#outside = stageAnswers[state.from];
    this.#threshold = Math.round(state.percent * 100);
    this.#seed = saltSeed(state.salt);
    // Kept by reference: a step of a ramp must not cost a copy of ten thousand overrides.
    this.overrides = sameOverrides(before, state) ?? toAnswers(state);
  }

  stageOf(tenant: string): Stage {
    return this.answerOf(tenant).value;
  }

  answerOf(tenant: string): StageAnswer {
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
  return tenants.every((tenant) => known.get(tenant)?.value === overrides[tenant])
    ? known
    : undefined;
}

function toAnswers({ overrides }: RampDraft): ReadonlyMap<string, StageAnswer> {
  return new Map(Object.entries(overrides).map(([tenant, stage]) => [tenant, stageAnswers[stage]]));
}
