import { dayMs, dayOf } from '../core/day.ts';
import type { Store } from '../core/store.ts';
import { isOfOther, type RampDraft } from './ramp-state.ts';
import { StageTable } from './stage-table.ts';

/** Days of traffic that say which tenants there are. */
const days = 30;
/** Names that are listed. */
const mostNames = 1_000;

/** Who would move by a step, as far as the last 30 days of traffic can tell. */
export interface StepPreview {
  readonly step: number;
  readonly percent: number;
  /** Tenants with traffic. */
  readonly known: number;
  /** Tenants whose stage would be another. */
  readonly moves: number;
  /** Their names, the busiest first; 1,000 at most. */
  readonly tenants: readonly string[];
  /** Their share of the known tenants, 0 to 1. */
  readonly shareOfTenants: number;
  /** Their share of the calls, 0 to 1. */
  readonly shareOfTraffic: number;
  /** Tenants are known, and none of them would move. */
  readonly empty: boolean;
}

/** Calls by tenant, but for those of other rollouts of the store. */
async function traffic(
  store: Store,
  rollout: string,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const calls = new Map<string, number>();
  for (const { phase, tenant, counts } of await store.traffic({
    from: dayOf(now - days * dayMs),
  })) {
    // Whom `identify` has not named is no tenant that could move.
    if (tenant === '' || isOfOther(rollout, phase)) continue;
    calls.set(tenant, (calls.get(tenant) ?? 0) + (counts.calls ?? 0));
  }
  return calls;
}

/** Says who would move from one state to another. */
export async function previewOf(
  { store, name, now }: { store: Store; name: string; now: () => number },
  before: RampDraft,
  after: RampDraft,
): Promise<StepPreview> {
  const calls = await traffic(store, name, now());
  const [was, is] = [new StageTable(before), new StageTable(after)];
  const moved = [...calls.keys()]
    .filter((tenant) => was.stageOf(tenant) !== is.stageOf(tenant))
    .sort((a, b) => (calls.get(b) ?? 0) - (calls.get(a) ?? 0));
  const sum = (tenants: Iterable<string>): number => {
    let total = 0;
    for (const tenant of tenants) total += calls.get(tenant) ?? 0;
    return total;
  };
  return {
    step: after.step,
    percent: after.percent,
    known: calls.size,
    moves: moved.length,
    tenants: moved.slice(0, mostNames),
    shareOfTenants: moved.length / Math.max(1, calls.size),
    shareOfTraffic: sum(moved) / Math.max(1, sum(calls.keys())),
    empty: calls.size > 0 && moved.length === 0,
  };
}

/** What the trail keeps of a step: no names. */
export function movingOf({ moves, known, shareOfTenants, shareOfTraffic }: StepPreview): object {
  return { moves, known, shareOfTenants, shareOfTraffic };
}
