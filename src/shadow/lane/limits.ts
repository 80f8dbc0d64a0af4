import type { LaneOptions } from '../../core/contracts/lane.ts';
import { type Filled, givenOptions } from '../../core/given-options.ts';

const defaults: Filled<LaneOptions> = {
  maxCount: 1000,
  maxBytes: 16 * 1024 * 1024,
  concurrency: 4,
  deadlineMs: 30_000,
  maxAgeMs: 600_000,
  tenantShare: 0.25,
};

/** A lane's bounds without gaps. */
export function toLaneLimits(options: LaneOptions): Filled<LaneOptions> {
  return { ...defaults, ...givenOptions(options) };
}
