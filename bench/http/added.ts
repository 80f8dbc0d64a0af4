import { median } from '../median.ts';
import type { Block } from './block.ts';
import { percentile } from './block.ts';
import type { Rounds } from './rounds.ts';
import type { Variant } from './variants.ts';

/** What is measured of a block. */
export type Measure = 'cpuMicros' | 'p50Ms' | 'p99Ms';

/** What a server adds to the bare one of the same round. */
export interface Added {
  /** The median over the rounds. */
  readonly median: number;
  /** The 95th percentile of its size over the rounds: for two servers that are the same, the noise. */
  readonly spread: number;
}

const blocksOf = (rounds: Rounds, variant: Variant): readonly Block[] => rounds[variant] ?? [];

/** Compares a variant with `bare`, round by round. */
export function addedBy(rounds: Rounds, variant: Variant, measure: Measure): Added {
  const bare = blocksOf(rounds, 'bare');
  const differences = blocksOf(rounds, variant).map(
    (block, round) => block[measure] - (bare[round]?.[measure] ?? Number.NaN),
  );
  return {
    median: median(differences),
    spread: percentile(differences.map(Math.abs), 0.95),
  };
}
