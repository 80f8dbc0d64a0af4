import type { Store } from '../../core/contracts/store.ts';
import { inPieces } from '../../core/pieces.ts';
import { dayOf } from '../../core/time/day.ts';
import { dayMs } from '../../core/time/spans.ts';
import { StageTable } from '../replica/stage-table.ts';
import { isOfOther, type RampDraft } from '../state/ramp-state.ts';

/** Days of traffic that say which tenants there are. */
const days = 30;
/** Rows, or tenants, that are looked at in one turn of the event loop: there is a row of each tenant and day. */
const atOnce = 2_000;
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
  const rows = await store.traffic({ from: dayOf(now - days * dayMs) });
  await inPieces(rows, atOnce, async (piece) => {
    for (const { phase, tenant, counts } of piece) {
      // Whom `identify` has not named is no tenant that could move.
      if (tenant === '' || isOfOther(rollout, phase)) continue;
      calls.set(tenant, (calls.get(tenant) ?? 0) + (counts.calls ?? 0));
    }
  });
  return calls;
}

/** Some tenants, and what they stand for. */
interface Group {
  tenants: number;
  calls: number;
  /** The busiest of them, with their calls. */
  busiest: (readonly [tenant: string, calls: number])[];
}

/** Those of whom something is true. */
async function groupOf(
  calls: ReadonlyMap<string, number>,
  isIn: (tenant: string) => boolean,
): Promise<Group> {
  const group: Group = { tenants: 0, calls: 0, busiest: [] };
  await inPieces([...calls], atOnce, async (piece) => {
    const its = piece.filter(([tenant]) => isIn(tenant));
    group.tenants += its.length;
    for (const [, number] of its) group.calls += number;
    group.busiest = [...group.busiest, ...its].sort(([, a], [, b]) => b - a).slice(0, mostNames);
  });
  return group;
}

/** Says who would move from one state to another. */
export async function previewOf(
  { store, name, now }: { store: Store; name: string; now: () => number },
  before: RampDraft,
  after: RampDraft,
): Promise<StepPreview> {
  const calls = await traffic(store, name, now());
  const was = new StageTable(before);
  const is = new StageTable(after, was);
  const moved = await groupOf(calls, (tenant) => was.stageOf(tenant) !== is.stageOf(tenant));
  let all = 0;
  for (const number of calls.values()) all += number;
  return {
    step: after.step,
    percent: after.percent,
    known: calls.size,
    moves: moved.tenants,
    tenants: moved.busiest.map(([tenant]) => tenant),
    shareOfTenants: moved.tenants / Math.max(1, calls.size),
    shareOfTraffic: moved.calls / Math.max(1, all),
    empty: calls.size > 0 && moved.tenants === 0,
  };
}

/** What the trail keeps of a step: no names. */
export function movingOf({ moves, known, shareOfTenants, shareOfTraffic }: StepPreview): object {
  return { moves, known, shareOfTenants, shareOfTraffic };
}
