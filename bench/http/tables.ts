import { table } from '../table.ts';
import { addedBy, type Measure } from './added.ts';
import type { InFlightFigures } from './in-flight.child.ts';
import type { Rounds } from './rounds.ts';
import { variants } from './variants.ts';
import { costOf, isMet, type Verdict } from './verdict.ts';

const measures: readonly (readonly [Measure, string, number])[] = [
  ['cpuMicros', 'CPU µs', 1],
  ['p50Ms', 'p50 ms', 3],
  ['p99Ms', 'p99 ms', 2],
];

/** What each server costs, and by how much it differs from the bare one: median, and 95th percentile of the size. */
export function roundsTable(title: string, rounds: Rounds): string {
  const header = [title, ...measures.flatMap(([, name]) => [name, 'added', 'spread'])];
  const measured = variants.filter((variant) => rounds[variant] !== undefined);
  const rows = measured.map((variant) => [
    variant === 'twin' ? 'bare again' : variant,
    ...measures.flatMap(([measure, , digits]) => {
      const { median, spread } = addedBy(rounds, variant, measure);
      return [costOf(rounds, variant, measure), median, spread].map((value) =>
        value.toFixed(digits),
      );
    }),
  ]);
  return table([header, ...rows]);
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
