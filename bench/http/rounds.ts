import { type Block, type BlockOptions, runBlock } from './block.ts';
import type { Site } from './site.ts';
import type { Variant } from './variants.ts';

/** The blocks of each variant, in the order of the rounds. */
export type Rounds = Readonly<Partial<Record<Variant, readonly Block[]>>>;

/** What is measured, and for how long. */
export interface RoundsOptions extends BlockOptions {
  readonly sites: readonly (readonly [Variant, Site])[];
  readonly blocks: number;
  /** Rounds that are thrown away. */
  readonly warmUps: number;
}

/**
 * Measures servers by turns, each round beginning with another one, so that a slow moment of the machine falls on all.
 */
export async function measureRounds(options: RoundsOptions): Promise<Rounds> {
  const { sites, blocks, warmUps } = options;
  const seen = new Map<Variant, Block[]>(sites.map(([name]) => [name, []]));
  for (let round = -warmUps; round < blocks; round += 1) {
    const first = (round + warmUps) % sites.length;
    for (const [name, site] of [...sites.slice(first), ...sites.slice(0, first)]) {
      const block = await runBlock(site, options);
      if (round >= 0) seen.get(name)?.push(block);
    }
  }
  return Object.fromEntries(seen) as Rounds;
}
