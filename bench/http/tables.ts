import { table } from '../table.ts';
import { addedBy, type Measure } from './added.ts';
import type { InFlightFigures } from './in-flight.child.ts';
import type { Rounds } from './rounds.ts';
import { busierMicros, type Variant, variants } from './variants.ts';
import { costOf, isMet, type Verdict } from './verdict.ts';
import type { Warmth } from './warm-up.ts';

const measures: Readonly<Record<Measure, readonly [name: string, digits: number]>> = {
  cpuMicros: ['CPU µs', 1],
  p50Ms: ['p50 ms', 3],
  p99Ms: ['p99 ms', 2],
};

const measuredIn = (rounds: Rounds): readonly Variant[] =>
  variants.filter((variant) => rounds[variant] !== undefined);

const names: Readonly<Partial<Record<Variant, string>>> = {
  twin: 'bare again',
  busier: `bare + ${busierMicros} µs`,
};

const nameOf = (variant: Variant): string => names[variant] ?? variant;

const headerOf = (measure: Measure): string[] => [measures[measure][0], 'added', 'spread'];

function cellsOf(rounds: Rounds, variant: Variant, measure: Measure): string[] {
  const [, digits] = measures[measure];
  const { median, spread } = addedBy(rounds, variant, measure);
  return [costOf(rounds, variant, measure), median, spread].map((value) => value.toFixed(digits));
}

/** What each server costs, and by how much it differs from the bare one: median, and 95th percentile of the size. */
export function costTable(
  title: string,
  rounds: Rounds,
  warmth: ReadonlyMap<Variant, Warmth>,
): string {
  const rows = measuredIn(rounds).map((variant) => {
    const { coldMicros, requests } = warmth.get(variant) ?? { coldMicros: Number.NaN, requests: 0 };
    const cells = cellsOf(rounds, variant, 'cpuMicros');
    return [nameOf(variant), ...cells, coldMicros.toFixed(0), String(requests)];
  });
  return table([[title, ...headerOf('cpuMicros'), 'cold', 'warm after'], ...rows]);
}

/** What users of each server wait, and what it adds to that. */
export function latencyTable(title: string, rounds: Rounds): string {
  const shown = ['p50Ms', 'p99Ms'] as const;
  const rows = measuredIn(rounds).map((variant) => [
    nameOf(variant),
    ...shown.flatMap((measure) => cellsOf(rounds, variant, measure)),
  ]);
  return table([[title, ...shown.flatMap(headerOf)], ...rows]);
}

/** Bytes that a request in flight retains. */
export function inFlightTable({ bytes }: InFlightFigures): string {
  const rows = Object.entries(bytes).map(([name, value]) => [
    name,
    value.toFixed(0),
    (value - bytes.direct).toFixed(0),
  ]);
  return table([['heap a request in flight, bytes', 'all', 'added'], ...rows]);
}

/** Every figure beside its target. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => {
    const { id, what, measured, limit, unit, because } = verdict;
    const show = (value: number): string => `${value.toFixed(3)} ${unit}`;
    return [
      `${id}  ${what}`,
      show(measured),
      `≤ ${show(limit)}`,
      because,
      isMet(verdict) ? 'met' : 'missed',
    ];
  });
  return table([['figure', 'measured', 'target', '', ''], ...rows]);
}
