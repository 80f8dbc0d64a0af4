import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { BoundedCounts } from './bounded-counts.ts';
import { type Rate, rateOf } from './rate.ts';

/** How many of the compared pairs have noise of their own kind: the others are held against what may be unlike them. */
export interface SharedOrigins {
  /** Compared pairs of tenants who have noise pairs, too. */
  readonly sameTenant: Rate;
  /** The same of stages: legacy is run twice where it serves, which is before the flip. */
  readonly sameStage: Rate;
}

/** Tenants, and stages, that are counted: of more, the first ones that are met. */
const mostNames = 10_000;

/** Counts where pairs come from. */
export class Origins {
  readonly #tenants = new BoundedCounts(mostNames, { pairs: 0 });
  readonly #stages = new BoundedCounts(mostNames, { pairs: 0 });

  add({ tenant, stage }: PairRecord): void {
    this.#tenants.add(tenant, 'pairs');
    this.#stages.add(stage, 'pairs');
  }

  sharedWith(noise: Origins): SharedOrigins {
    return {
      sameTenant: shared(this.#tenants, noise.#tenants),
      sameStage: shared(this.#stages, noise.#stages),
    };
  }
}

function shared(ours: BoundedCounts<'pairs'>, theirs: BoundedCounts<'pairs'>): Rate {
  let [count, of] = [0, 0];
  for (const [key, { pairs }] of ours.entries()) {
    of += pairs;
    if (theirs.get(key) !== undefined) count += pairs;
  }
  return rateOf(count, of);
}
