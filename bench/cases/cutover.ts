import {
  type CutoverHandler,
  createCutoverHandler,
  type LaneStats,
  type ScopeSource,
  shadowSafe,
} from 'engramia-cutover';
import { type FlagProvider, memoryFlags, percentageFlags } from 'engramia-cutover/flags';
import { uncounted } from '../conservation.ts';
import type { BenchCase } from '../measure.ts';
import { candidate, legacy } from './legs.ts';
import { instantClient, instantScope } from './scopes.ts';

interface Route {
  readonly flags: FlagProvider;
  readonly engramia?: ScopeSource;
  readonly mirrored?: boolean;
}

const safeCandidate = shadowSafe(
  async (context: unknown, user: string, message: string): Promise<string> =>
    candidate(context, user, message),
);

/** The whole public surface in front of the legs, everything else as it comes by default. */
function route({ flags, engramia, mirrored = false }: Route) {
  return createCutoverHandler({
    name: 'chat',
    legacy,
    candidate: mirrored ? safeCandidate : candidate,
    identify: (user, message) => ({ tenant: user, task: message }),
    flags,
    ...(engramia && { engramia }),
  });
}

/** Throws unless each call became a task of the lane, and each task ran to its end. */
function allDone(name: string, lane: LaneStats, calls: number): void {
  if (lane.accepted === calls && lane.ok.stored === calls && uncounted(lane) === 0) return;
  throw new Error(`Of ${calls} calls, ${name} did not do all: ${JSON.stringify(lane)}`);
}

function drained(
  handler: CutoverHandler<[string, string], Promise<string>>,
  lanes: readonly ('learn' | 'mirror')[],
): BenchCase {
  return {
    call: handler,
    batches: 10,
    async drain() {
      await handler.flush();
    },
    check() {
      const stats = handler.stats();
      for (const lane of lanes) allDone(lane, stats[lane], stats.routes.chat?.calls ?? 0);
    },
  };
}

/** A ramp by any flags, between off and live. */
export const byFlags = (flags: FlagProvider) => ({ call: route({ flags }) }) satisfies BenchCase;

/** A ramp with half of the tenants inside. */
export const pct50 = (overrides: Parameters<typeof percentageFlags>[0]['overrides'] = {}) =>
  byFlags(percentageFlags({ from: 'off', to: 'live', percent: 50, overrides }));

/** Everybody with the candidate. */
export const live = (): BenchCase => ({ call: route({ flags: memoryFlags('live') }) });

/** Everybody with legacy, nothing else done: what is left of the library before a migration begins. */
export const off = (): BenchCase => ({ call: route({ flags: memoryFlags('off') }) });

/** Everybody with legacy, each exchange learned through the library's client. */
export const dualwrite = (): BenchCase =>
  drained(route({ flags: memoryFlags('dualwrite'), engramia: instantClient() }), ['learn']);

/** The same with a scope that costs nothing. */
export const dualwriteInstant = (): BenchCase =>
  drained(route({ flags: memoryFlags('dualwrite'), engramia: instantScope() }), ['learn']);

/** Everybody with legacy, each call mirrored to the candidate, nothing learned: what other shadows do. */
export const mirror = (): BenchCase =>
  drained(route({ flags: memoryFlags('shadow'), mirrored: true }), ['mirror']);

/** Everybody with legacy, each exchange mirrored and learned, by a scope that costs nothing. */
export const shadow = (): BenchCase => {
  const flags = memoryFlags('shadow');
  return drained(route({ flags, engramia: instantScope(), mirrored: true }), ['learn', 'mirror']);
};
