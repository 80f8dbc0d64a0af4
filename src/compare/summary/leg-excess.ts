import type { DistributionExcess } from './distribution-excess.ts';
import type { ErrorCount } from './leg-figures.ts';
import type { MeanExcess } from './mean-excess.ts';
import type { Excess, Rate } from './rate.ts';

/** How much more a leg has used; what neither told, or has no price, is absent. */
export interface TokenExcess {
  /** Tokens that go in a reply. */
  readonly inputPerReply?: MeanExcess;
  /** Tokens that come out a reply. */
  readonly outputPerReply?: MeanExcess;
  /** Money a reply. */
  readonly costPerReply?: MeanExcess;
}

/** How much more often a leg ended with errors of one name. */
export interface ErrorExcess extends Omit<ErrorCount, 'count'> {
  /** The same of legacy against itself; of 0 runs when it has too many names to know. */
  readonly noise: Rate;
  /** How far the share of runs lies above that. */
  readonly excess: Excess;
}

/** How far a leg lies above that of legacy against itself. */
export interface LegExcess {
  /** Milliseconds of replies. */
  readonly latency: DistributionExcess;
  /** Means a reply. */
  readonly tokens: TokenExcess;
  /** The leg's most frequent ones. */
  readonly errors: readonly ErrorExcess[];
}
