import { type BlockOptions, runBlock } from './block.ts';
import type { Site } from './site.ts';
import type { Variant } from './variants.ts';

/** How a server became warm. */
export interface Warmth {
  /** CPU of each of its first requests. */
  readonly coldMicros: number;
  /** What it had answered when its CPU a request fell no longer, or when time was up. */
  readonly requests: number;
}

/** When a server is warm at the latest. */
export interface WarmUpOptions extends BlockOptions {
  readonly sites: readonly (readonly [Variant, Site])[];
  /** Blocks that are put in any case: a noisy machine makes a server look warm that is not. */
  readonly leastBlocks: number;
  readonly mostBlocks: number;
  readonly mostMs: number;
}

/** Blocks that may bring nothing before a server counts as warm: a slow moment of the machine takes up one or two. */
const patience = 3;

/** What is less than this part cheaper than before is noise. */
const leastGain = 0.05;

/** Whether costs, in their order, have come to where they fall no longer. */
export function isSettled(costs: readonly number[]): boolean {
  const before = costs.slice(0, -patience);
  if (before.length === 0) return false;
  return Math.min(...costs.slice(-patience)) > Math.min(...before) * (1 - leastGain);
}

/** Puts requests to servers, by turns, until what they cost is what they go on to cost: new code is slow for long. */
export async function warmUp(options: WarmUpOptions): Promise<ReadonlyMap<Variant, Warmth>> {
  const { sites, requests, leastBlocks, mostBlocks, mostMs } = options;
  const seen = new Map<Variant, number[]>(sites.map(([name]) => [name, []]));
  const until = performance.now() + mostMs;
  for (let round = 0; round < mostBlocks && performance.now() < until; round += 1) {
    for (const [name, site] of sites) {
      const costs = seen.get(name) ?? [];
      if (round < leastBlocks || !isSettled(costs))
        costs.push((await runBlock(site, options)).cpuMicros);
    }
  }
  return new Map(
    [...seen].map(([name, costs]) => [
      name,
      { coldMicros: costs[0] ?? Number.NaN, requests: costs.length * requests },
    ]),
  );
}
