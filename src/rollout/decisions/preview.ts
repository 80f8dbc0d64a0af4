import type { Store } from '../../core/contracts/store.ts';
import { inPieces } from '../../core/pieces.ts';
import { stages } from '../../core/stage.ts';
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

/** What the candidate serves in all, as far as the last 30 days of traffic can tell. */
export interface CandidateShare {
  readonly tenants: number;
  /** Their share of the known tenants, 0 to 1. */
  readonly shareOfTenants: number;
  /** Their share of the calls, 0 to 1. */
  readonly shareOfTraffic: number;
}

/** Who would move by a step, as far as the last 30 days of traffic can tell. */
export interface StepPreview {
  /** The step's place in the plan, from 0. */
  readonly step: number;
  /** Percent of the tenants inside there, 0 to 100. */
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
  /** What the candidate serves as it is, and what it would serve after the step. */
  readonly candidateNow: CandidateShare;
  readonly candidateThen: CandidateShare;
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
class Group {
  tenants = 0;
  calls = 0;

  add(calls: number): void {
    this.tenants += 1;
    this.calls += calls;
  }

  shareOf(all: Group): CandidateShare {
    const { tenants, calls } = this;
    return {
      tenants,
      shareOfTenants: tenants / Math.max(1, all.tenants),
      shareOfTraffic: calls / Math.max(1, all.calls),
    };
  }
}

/** Who is where before a step and after it. */
interface Parted {
  readonly all: Group;
  readonly moved: Group;
  readonly now: Group;
  readonly then: Group;
  /** Those who move, the busiest first. */
  readonly names: readonly string[];
}

async function parted(
  calls: ReadonlyMap<string, number>,
  was: StageTable,
  is: StageTable,
): Promise<Parted> {
  const [all, moved, now, then] = [new Group(), new Group(), new Group(), new Group()];
  let busiest: (readonly [tenant: string, calls: number])[] = [];
  await inPieces([...calls], atOnce, async (piece) => {
    const moving = piece.filter(([tenant, number]) => {
      const [before, after] = [was.stageOf(tenant), is.stageOf(tenant)];
      all.add(number);
      if (stages[before].serves === 'candidate') now.add(number);
      if (stages[after].serves === 'candidate') then.add(number);
      if (before !== after) moved.add(number);
      return before !== after;
    });
    busiest = [...busiest, ...moving].sort(([, a], [, b]) => b - a).slice(0, mostNames);
  });
  return { all, moved, now, then, names: busiest.map(([tenant]) => tenant) };
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
  const { all, moved, now: present, then, names } = await parted(calls, was, is);
  const { tenants: moves, ...shares } = moved.shareOf(all);
  return {
    step: after.step,
    percent: after.percent,
    known: calls.size,
    moves,
    tenants: names,
    ...shares,
    empty: calls.size > 0 && moves === 0,
    candidateNow: present.shareOf(all),
    candidateThen: then.shareOf(all),
  };
}

/** What the trail keeps of a step: no names. */
export function movingOf(preview: StepPreview): object {
  const { moves, known, shareOfTenants, shareOfTraffic, candidateNow, candidateThen } = preview;
  return { moves, known, shareOfTenants, shareOfTraffic, candidateNow, candidateThen };
}
