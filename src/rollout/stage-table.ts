import { hashLimit, saltSeed, signedHash } from '../core/bucket.ts';
import { HashedNames } from '../core/hashed-names.ts';
import type { Stage } from '../core/stage.ts';
import type { RampDraft } from './ramp-state.ts';
import { type StageAnswer, stageAnswers } from './stage-answer.ts';

type Overrides = HashedNames<StageAnswer>;

/** A state made ready for the question of every call: who is in which stage. */
export class StageTable {
  readonly #inside: StageAnswer;
  readonly #outside: StageAnswer;
  /** Hashes below it are inside. */
  readonly #limit: number;
  readonly #seed: number;
  readonly #overrides: Overrides | undefined;

  constructor(state: RampDraft, before?: StageTable) {
    this.#inside = stageAnswers[state.to];
    this.#outside = stageAnswers[state.from];
    this.#limit = hashLimit(Math.round(state.percent * 100));
    this.#seed = saltSeed(state.salt);
    // Kept by reference: a step of a ramp must not cost a copy of ten thousand overrides.
    this.#overrides = before?.hasOverridesOf(state)
      ? before.#overrides
      : toNames(state, this.#seed);
  }

  stageOf(tenant: string): Stage {
    return this.answerOf(tenant).value;
  }

  answerOf(tenant: string): StageAnswer {
    const hash = signedHash(tenant, this.#seed);
    const override = this.#overrides?.find(tenant, hash);
    if (override !== undefined) return override;
    return hash >>> 0 < this.#limit ? this.#inside : this.#outside;
  }

  /** Whether its overrides are those of a state, by the same hashes. */
  hasOverridesOf({ overrides, salt }: RampDraft): boolean {
    if (saltSeed(salt) !== this.#seed) return false;
    const tenants = Object.keys(overrides);
    if (tenants.length !== (this.#overrides?.size ?? 0)) return false;
    return tenants.every((tenant) => {
      const known = this.#overrides?.find(tenant, signedHash(tenant, this.#seed));
      return known?.value === overrides[tenant];
    });
  }
}

function toNames({ overrides }: RampDraft, seed: number): Overrides | undefined {
  const named = Object.entries(overrides);
  if (named.length === 0) return undefined;
  return new HashedNames(
    named.map(([tenant, stage]) => [tenant, stageAnswers[stage]] as const),
    seed,
  );
}
