import { layerNames } from '../layer-names.ts';
import type { CompareReport } from './compare-report.ts';
import { gapOf } from './coverage-gap.ts';
import { type HeldRow, meanRow, quantileRows, rateRow } from './excess-cells.ts';
import { measureLabels } from './measure-labels.ts';
import type { ExcessFigures } from './pair-figures.ts';
import { measureNames } from './pair-measures.ts';
import { plainText } from './plain-text.ts';
import { type Excess, excessOf, excessOverNoise, type Rate, rateOf } from './rate.ts';
import { decimal, millis, percent, whole } from './report-numbers.ts';
import { textTable } from './text-table.ts';

type Held = CompareReport & { readonly excess: ExcessFigures };

/** Rows that a table of the text has, of however many there are. */
const mostRows = 5;

/** Layers of which the findings tell all there is to tell: the library's own but those that ask somebody. */
const told: ReadonlySet<string> = new Set(
  layerNames.filter((name) => name !== 'embedding' && name !== 'judge'),
);

/** Shares by their names, those that neither side has left out. */
function rateRows<K extends string>(
  label: (name: K) => string,
  ours: Readonly<Record<K, Rate>>,
  itself: Readonly<Record<K, Rate>>,
  excess: Readonly<Record<K, Excess>>,
): HeldRow[] {
  return (Object.keys(ours) as K[])
    .filter((name) => ours[name].count + (itself[name]?.count ?? 0) > 0)
    .map((name) => rateRow(label(name), ours[name], itself[name], excess[name]));
}

function outcomeRows({ outcomes, verdicts, noise, excess }: Held): HeldRow[] {
  return [
    ...rateRows((name) => name, outcomes, noise.outcomes, excess.outcomes),
    ...rateRows((name) => `verdict ${name}`, verdicts, noise.verdicts, excess.verdicts),
  ];
}

function advisoryRows({ advisory, coverage, noise, excess }: Held): HeldRow[] {
  if (advisory + noise.advisory === 0) return [];
  const [ours, itself] = [
    rateOf(advisory, coverage.pairs),
    rateOf(noise.advisory, noise.coverage.pairs),
  ];
  return [rateRow('judge not calibrated', ours, itself, excess.advisory)];
}

/** Kinds that were found on a side, whether raised or not. */
function findingRows({ findings, excess: { asked } }: Held): HeldRow[] {
  return findings.flatMap(({ kind, rate, noise = rateOf(0, 0) }) =>
    rate.count + noise.count === 0
      ? []
      : [rateRow(kind, rate, noise, excessOverNoise(rate, noise, asked))],
  );
}

/** What the app's own layers, its vectors and its judge say. */
function layerRows({ layers, noise, excess }: Held): HeldRow[] {
  const named = Object.keys(layers).filter((name) => !told.has(name));
  return named.slice(0, mostRows).flatMap((name) => {
    const [ours, itself, more] = [layers[name], noise.layers[name], excess.layers[name]];
    if (ours === undefined || itself === undefined || more === undefined) return [];
    return rateRows((say) => `${plainText(name, 24)}: ${say}`, ours, itself, more);
  });
}

function measureRows(report: Held): HeldRow[] {
  return measureNames.flatMap((name) => {
    const { label, told: quantiles } = measureLabels[name];
    const sides = [report[name], report.noise[name]] as const;
    return quantileRows(label, quantiles, sides, report.excess[name], decimal);
  });
}

function legRows({ legs, noise, excess, currency }: Held): HeldRow[] {
  const [ours, itself] = [legs.candidate, noise.legs.candidate];
  const { latency, tokens, errors } = excess.legs.candidate;
  const mean = (name: 'inputPerReply' | 'outputPerReply' | 'costPerReply') =>
    [ours.tokens[name], itself.tokens[name]] as const;
  const money = currency === undefined ? 'cost a reply' : `cost a reply, ${plainText(currency, 8)}`;
  const sides = [ours.latency, itself.latency] as const;
  return [
    ...quantileRows('latency', ['p50', 'p90', 'p99'], sides, latency, millis),
    ...meanRow('tokens in a reply', mean('inputPerReply'), tokens.inputPerReply, whole),
    ...meanRow('tokens out a reply', mean('outputPerReply'), tokens.outputPerReply, whole),
    ...meanRow(money, mean('costPerReply'), tokens.costPerReply, (value) => value.toFixed(4)),
    ...errors
      .slice(0, mostRows)
      .map(({ name, code, status, rate, noise: itsRate, excess: more }) => {
        const facts = [name, code, status].filter((fact) => fact !== undefined).join(' ');
        return rateRow(plainText(facts, 36), rate, itsRate, more);
      }),
  ];
}

const parts: readonly ((report: Held) => HeldRow[])[] = [
  outcomeRows,
  advisoryRows,
  findingRows,
  layerRows,
  measureRows,
  legRows,
];

const isHeld = (report: CompareReport): report is Held => report.excess !== undefined;

/** Whether there was noise to hold the candidate against, and where there was too little, how to have it. */
function noiseLine({ excess, noise }: CompareReport): string {
  const gap = gapOf(noise.coverage);
  const [wanted, isWanted] = [whole(gap.count), gap.count > 0];
  if (excess === undefined) {
    return isWanted
      ? `Nothing was held against noise: legacy was to run twice for ${wanted} exchanges and never did: ${gap.reasons}.`
      : 'Nothing was held against noise: give `legacyShadow` and set `sample.noise`, and legacy runs twice in stage `shadow`.';
  }
  const { pairs, asked } = excess;
  if (pairs >= asked) {
    return `Held against ${whole(pairs)} pairs of legacy against itself; the excess at 99 % confidence:`;
  }
  const more = isWanted
    ? `Legacy was to run twice for ${wanted} more exchanges: ${gap.reasons}.`
    : 'Raise `sample.noise`.';
  return `Too few noise pairs, ${whole(pairs)} of ${whole(asked)}: what is more than noise is not known yet. ${more}`;
}

/** Share of the pairs below which those of noise are called others. */
const usual = 0.5;

/** How much more often legacy's second run may fail than the first. */
const mostFailing = 0.02;

/** Where noise is that of other tenants or stages. */
function originLines({ excess: { sameTenant, sameStage } }: Held): string[] {
  const unlike = Object.entries({ tenants: sameTenant, stages: sameStage }).filter(
    ([, { share = 1 }]) => share < usual,
  );
  return unlike.map(
    ([of, { share }]) =>
      `Only ${percent(share)} of the pairs are of ${of} that have noise pairs: others may be noisy otherwise.`,
  );
}

/** Where legacy's second run is no second run of the same: failures of the candidate would pass for noise. */
function secondRunLines({ outcomes, coverage, noise }: Held): string[] {
  const { candidateFailed, candidateLate, bothFailed } = noise.outcomes;
  const failed = candidateFailed.count + candidateLate.count + bothFailed.count;
  const second = rateOf(failed, noise.coverage.pairs);
  const first = rateOf(outcomes.legacyFailed.count + outcomes.bothFailed.count, coverage.pairs);
  if (excessOf(second, first).low <= mostFailing) return [];
  return [
    `Legacy’s second run failed in ${percent(second.share)} of the noise pairs, legacy itself in ${percent(first.share)}: mend \`legacyShadow\`, since the candidate’s failures pass for noise.`,
  ];
}

/** Every figure of the candidate, of legacy against itself, and what is more; without noise, how to have it. */
export function heldLines(report: CompareReport): string[] {
  if (report.coverage.pairs === 0) return [];
  const line = noiseLine(report);
  if (!isHeld(report)) return [line];
  const head = ['', 'candidate', 'itself', 'excess'];
  return [
    ...originLines(report),
    ...secondRunLines(report),
    line,
    ...textTable([head, ...parts.flatMap((part) => part(report))]),
  ];
}
