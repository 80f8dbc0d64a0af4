import type { Distribution, QuantileName } from './distribution.ts';
import type { DistributionExcess } from './distribution-excess.ts';
import type { MeanExcess } from './mean-excess.ts';
import type { Excess, Rate } from './rate.ts';
import { percent } from './report-numbers.ts';

/** A row of what is held against noise: its name, the candidate, legacy against itself, and what is more. */
export type HeldRow = readonly [name: string, candidate: string, itself: string, excess: string];

type Format = (value: number) => string;

interface Bounds {
  readonly low?: number;
  readonly high?: number;
}

/** What stands in the place of an excess that is no knowledge. */
const tooFew = 'too few noise pairs';

const points: Format = (share) => (share * 100).toFixed(1);

/** With its sign; what rounds to nothing has none. */
function signed(value: number, format: Format): string {
  const size = format(Math.abs(value));
  return Number.parseFloat(size) === 0 ? size : `${value < 0 ? '-' : '+'}${size}`;
}

function withBounds(value: number, { low, high }: Bounds, format: Format): string {
  if (low === undefined && high === undefined) return `${signed(value, format)} (too few values)`;
  const told = (bound: number | undefined): string =>
    bound === undefined ? '?' : signed(bound, format);
  return `${signed(value, format)} (${told(low)} to ${told(high)})`;
}

/** A share, in percentage points of excess. */
export function rateRow(name: string, rate: Rate, noise: Rate, excess: Excess): HeldRow {
  const cells = [name, percent(rate.share), percent(noise.share)] as const;
  if (rate.share === undefined) return [...cells, '–'];
  return [...cells, excess.few ? tooFew : `${withBounds(excess.share, excess, points)} pp`];
}

/** A mean. */
export function meanRow(
  name: string,
  [candidate, itself]: readonly [number | undefined, number | undefined],
  excess: MeanExcess | undefined,
  format: Format,
): HeldRow[] {
  if (excess === undefined || candidate === undefined || itself === undefined) return [];
  const more = excess.few ? tooFew : withBounds(excess.difference, excess, format);
  return [[name, format(candidate), format(itself), more]];
}

/** Quantiles, a row each; none of what has no values on one side. */
export function quantileRows(
  name: string,
  told: readonly QuantileName[],
  [candidate, itself]: readonly [Distribution, Distribution],
  excess: DistributionExcess,
  format: Format,
): HeldRow[] {
  return told.flatMap((quantile) => {
    const [ours, theirs, more] = [candidate[quantile], itself[quantile], excess[quantile]];
    if (ours === undefined || theirs === undefined || more === undefined) return [];
    const cell = excess.few ? tooFew : withBounds(more.difference, more, format);
    return [[`${name} ${quantile}`, format(ours), format(theirs), cell] as const];
  });
}
