import { bucketsIn, hashLimit, saltSeed, signedHash } from '../../core/bucket.ts';
import { HashedNames } from '../../core/hashed-names.ts';
import type { Stage } from '../../core/stage.ts';
import type { RampDraft } from '../state/ramp-state.ts';
import { haveSameOverrides } from './same-overrides.ts';
import { type StageAnswer, stageAnswers } from './stage-answer.ts';

/** Tenants with a stage of their own, and what that was made of. */
interface Named extends Pick<RampDraft, 'overrides' | 'salt'> {
  /** Undefined: there are none. */
  readonly answers: HashedNames<StageAnswer> | undefined;
}

/** A state made ready for the question of every call: who is in which stage. */
export class StageTable {
  readonly #inside: StageAnswer;
  readonly #outside: StageAnswer;
  /** Hashes below it are inside. */
  readonly #limit: number;
  readonly #seed: number;
  readonly #overrides: Named['answers'];
  /** For the table of the state that comes after it. */
  readonly named: Named;

  constructor(state: RampDraft, before?: StageTable) {
    this.#inside = stageAnswers[state.to];
    this.#outside = stageAnswers[state.from];
    this.#limit = hashLimit(bucketsIn(state.percent));
    this.#seed = saltSeed(state.salt);
    this.named = namedIn(state, this.#seed, before?.named);
    this.#overrides = this.named.answers;
  }

  stageOf(tenant: string): Stage {
    return this.answerOf(tenant).value;
  }

  answerOf(tenant: string): StageAnswer {
    const named = this.#overrides;
    const hash = named === undefined ? signedHash(tenant, this.#seed) : named.valueOrHash(tenant);
    if (typeof hash === 'object') return hash;
    return hash >>> 0 < this.#limit ? this.#inside : this.#outside;
  }
}

/** Kept by reference where nothing has changed: a step of a ramp must not cost a copy of ten thousand overrides. */
function namedIn(state: RampDraft, seed: number, before: Named | undefined): Named {
  if (before?.salt === state.salt && haveSameOverrides(before, state)) return before;
  const { overrides, salt } = state;
  const pairs = Object.entries(overrides).map(
    ([tenant, stage]) => [tenant, stageAnswers[stage]] as const,
  );
  return {
    overrides,
    salt,
    answers: pairs.length === 0 ? undefined : new HashedNames(pairs, seed),
  };
}
