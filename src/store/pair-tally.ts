import type { PairMetric } from '../core/contracts/evidence-store.ts';
import type { LegRecord, PairRecord } from '../core/contracts/pair-record.ts';
import type { MissedPairs } from '../core/contracts/pair-sink.ts';
import type { Leg } from '../core/stage.ts';
import { dayOf } from '../core/time/day.ts';
import { type Tally, TallySheet } from './tally.ts';

type Count = readonly [metric: PairMetric, value: number];

/** What is counted of a leg, under the name by which it stands in the pair. */
function legCounts(as: Leg, leg: LegRecord): Count[] {
  return [
    [`${as}.${leg.ended}`, 1],
    [`${as}.ms`, leg.durationMs],
    [`${as}.chars`, leg.chars ?? 0],
    [`${as}.inputTokens`, leg.usage?.inputTokens ?? 0],
    [`${as}.outputTokens`, leg.usage?.outputTokens ?? 0],
  ];
}

/** The leg that was worse where one was and the other was not. */
function discordance({ legacy, candidate, divergence }: PairRecord): Leg | undefined {
  const harmed = candidate.ended !== 'answered' || divergence?.verdict === 'worse';
  if (legacy.ended === 'answered') return harmed ? 'candidate' : undefined;
  return candidate.ended === 'answered' ? 'legacy' : undefined;
}

function slower({ legacy, candidate }: PairRecord): Count[] {
  if (legacy.ended !== 'answered' || candidate.ended !== 'answered') return [];
  const ms = candidate.durationMs - legacy.durationMs;
  return [
    ['slower.pairs', 1],
    ['slower.ms', ms],
    ['slower.squaredMs', ms * ms],
  ];
}

function countsOf(pair: PairRecord): Count[] {
  const worse = discordance(pair);
  return [
    ['pairs', 1],
    [`verdict.${pair.divergence?.verdict ?? 'none'}`, 1],
    ...(worse === undefined ? [] : [[`discordant.${worse}`, 1] as const]),
    ...legCounts('legacy', pair.legacy),
    ...legCounts('candidate', pair.candidate),
    ...slower(pair),
    ...(pair.divergence?.notes ?? []).map((note) => [`note.${note}`, 1] as const),
  ];
}

/** What is counted of pairs. */
export function tallyPairs(phase: string, pairs: readonly PairRecord[]): readonly Tally[] {
  const sheet = new TallySheet();
  for (const pair of pairs) {
    const names = [phase, pair.tenant, pair.route, pair.stage, pair.kind] as const;
    for (const [metric, value] of countsOf(pair)) sheet.add(dayOf(pair.at), names, metric, value);
  }
  return sheet.tallies();
}

/** What is counted of exchanges that have no pair. */
export function tallyMisses(phase: string, misses: readonly MissedPairs[]): readonly Tally[] {
  const sheet = new TallySheet();
  for (const { at, tenant, route, stage, kind, why, count } of misses) {
    sheet.add(dayOf(at), [phase, tenant, route, stage, kind], `missed.${why}`, count);
  }
  return sheet.tallies();
}
