import { type Interval, meanInterval } from '../../compare/sequential/confidence-sequence.ts';
import { type Moments, varianceOf } from '../../compare/sequential/moments.ts';
import { type Pace, waitFor } from './pace.ts';
import type { Found } from './to-reading.ts';

/** A mean that has to stay between two limits. */
export interface MeanQuestion {
  /** What it is about, in a sentence: `latency`. */
  readonly subject: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  /** Puts a value into words. */
  readonly shown: (value: number) => string;
}

/** Values below which the interval does not hold. */
const least = 100;

/** More values than anybody waits for. */
const tooMany = 2 ** 40;

/** What a confidence sequence of a mean says. */
export function readMean(
  question: MeanQuestion,
  moments: Moments,
  { alpha, pace }: { readonly alpha: number; readonly pace: Pace },
): Found {
  const { subject, unit, low, high, shown } = question;
  const { count, mean } = moments;
  const bounds = { low: Number.isFinite(low) ? low : undefined, high };
  if (!(count > 0)) {
    const says = `${subject} not measured yet: no ${unit} to tell by`;
    return { outcome: 'hold', says, inputs: { count: 0, alpha, ...bounds } };
  }
  const interval = meanInterval(moments, { alpha, least });
  const inputs = {
    ...{ count, mean, alpha, ...bounds },
    deviation: Math.sqrt(varianceOf(moments)),
    intervalLow: interval?.low,
    intervalHigh: interval?.high,
  };
  const measured = `${subject} ${shown(mean)}`;
  const outcome = outcomeOf(interval, question);
  if (outcome === 'hold') {
    const wait = waitFor(neededFor(moments, question, alpha), unit, pace);
    return { outcome, says: `${measured}, ${wait.says}`, inputs, etaMs: wait.etaMs };
  }
  const limit = outcome === 'pass' ? within(question) : beyond(question, mean);
  return { outcome, says: `${measured} over ${count} ${unit}, shown to be ${limit}`, inputs };
}

function outcomeOf(interval: Interval | undefined, { low, high }: MeanQuestion): Found['outcome'] {
  if (interval === undefined) return 'hold';
  if (interval.low > high || interval.high < low) return 'fail';
  return interval.low > low && interval.high < high ? 'pass' : 'hold';
}

function within({ low, high, shown }: MeanQuestion): string {
  return Number.isFinite(low) ? `between ${shown(low)} and ${shown(high)}` : `below ${shown(high)}`;
}

function beyond({ low, high, shown }: MeanQuestion, mean: number): string {
  return mean < low ? `below ${shown(low)}` : `above ${shown(high)}`;
}

/** Values that are still needed if they go on with this mean and this spread; undefined: never. */
function neededFor(moments: Moments, question: MeanQuestion, alpha: number): number | undefined {
  const { count, mean } = moments;
  if (count < 2) return Math.max(0, least - count);
  const variance = varianceOf(moments);
  const decides = (all: number): boolean => {
    const interval = meanInterval(
      { count: all, mean, squares: variance * (all - 1) },
      { alpha, least },
    );
    return outcomeOf(interval, question) !== 'hold';
  };
  let high = Math.max(least, count);
  while (!decides(high)) {
    high *= 2;
    if (high > tooMany) return undefined;
  }
  let low = count;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (decides(middle)) high = middle;
    else low = middle;
  }
  return Math.max(1, high - count);
}
