import { median } from '../median.ts';
import { addedBy, type Measure } from './added.ts';
import { percentile } from './block.ts';
import type { InFlightFigures } from './in-flight.child.ts';
import type { Rounds } from './rounds.ts';
import { type Framework, stages, type Variant } from './variants.ts';

/** One figure beside its target. */
export interface Verdict {
  readonly id: string;
  readonly what: string;
  readonly measured: number;
  /** What it may be at most. */
  readonly limit: number;
  readonly unit: string;
  /** Where the limit comes from. */
  readonly because: string;
}

/** Whether a figure keeps its target. What is not a number keeps none. */
export const isMet = ({ measured, limit }: Verdict): boolean => measured <= limit;

/** The part of what LaunchDarkly's shadow adds that is allowed. */
const share = 0.2;
/** Milliseconds of p99 that are allowed however quiet the machine is. */
const quietP99Ms = 1;

const names: Readonly<Record<Measure, string>> = {
  cpuMicros: 'added CPU',
  p50Ms: 'added p50',
  p99Ms: 'added p99',
};

/** What P8 allows, from the same run. */
function limitOf(rounds: Rounds, measure: Measure): Pick<Verdict, 'limit' | 'because'> {
  const { spread } = addedBy(rounds, 'twin', measure);
  const peer = share * addedBy(rounds, 'launchDarkly', measure).median;
  if (measure === 'cpuMicros' && peer > spread)
    return { limit: peer, because: '20 % of LaunchDarkly' };
  if (measure === 'p99Ms' && spread < quietP99Ms) return { limit: quietP99Ms, because: '1 ms' };
  return { limit: spread, because: 'A/A' };
}

/** Two ways to ask the same servers. */
export interface RequestRounds {
  /** As fast as they answer: their CPU. */
  readonly costs: Rounds;
  /** At a fixed rate: what users wait. */
  readonly waits: Rounds;
}

/** P8 of one framework: CPU and latency of each stage that was measured against what two bare servers differ by. */
export function requestVerdicts(framework: Framework, { costs, waits }: RequestRounds): Verdict[] {
  const measures = [
    ['cpuMicros', costs],
    ['p50Ms', waits],
    ['p99Ms', waits],
  ] as const;
  return measures.flatMap(([measure, rounds]) =>
    stages
      .filter((stage) => rounds[stage] !== undefined)
      .map((stage) => ({
        id: 'P8',
        what: `${framework}, ${stage}: ${names[measure]}`,
        measured: addedBy(rounds, stage, measure).median,
        ...limitOf(rounds, measure),
        unit: measure === 'cpuMicros' ? 'µs' : 'ms',
      })),
  );
}

/** The first byte of streams: percentiles over all of them, and their noise from block to block. */
export function streamVerdicts(framework: Framework, rounds: Rounds): Verdict[] {
  const all = (variant: Variant): number[] => (rounds[variant] ?? []).flatMap(({ waits }) => waits);
  return (
    [
      ['p50Ms', 0.5],
      ['p99Ms', 0.99],
    ] as const
  ).map(([measure, at]) => ({
    id: 'P8',
    what: `${framework}, shadow: ${names[measure]} of a stream’s first byte`,
    measured: percentile(all('shadow'), at) - percentile(all('bare'), at),
    ...limitOf(rounds, measure),
    unit: 'ms',
  }));
}

/** P6: what calls retain that wait, and what they cost those beside them. */
export function inFlightVerdicts({ bytes, slower }: InFlightFigures): Verdict[] {
  const added = (name: 'live' | 'shadow' | 'launchDarkly'): number => bytes[name] - bytes.direct;
  return (['live', 'shadow'] as const).flatMap((stage) => [
    {
      id: 'P6',
      what: `${stage}: heap a request in flight, × LaunchDarkly’s shadow`,
      measured: added(stage) / added('launchDarkly'),
      limit: 1 / 8,
      unit: '×',
      because: 'an eighth',
    },
    {
      id: 'P6',
      what: `${stage}: CPU beside 10⁴ in flight, × alone`,
      measured: slower[stage],
      limit: 1.3,
      unit: '×',
      because: '',
    },
  ]);
}

/** The median over the rounds of what one server costs. */
export const costOf = (rounds: Rounds, variant: Variant, measure: Measure): number =>
  median((rounds[variant] ?? []).map((block) => block[measure]));
