import type { LegRecord } from '../../core/contracts/pair-record.ts';
import type { Moments } from '../sequential/moments.ts';
import { BoundedCounts } from './bounded-counts.ts';
import type { Distribution } from './distribution.ts';
import { distributionExcess } from './distribution-excess.ts';
import type { ErrorExcess, LegExcess } from './leg-excess.ts';
import { meanExcess } from './mean-excess.ts';
import { excessOverNoise, type Rate, rateOf } from './rate.ts';
import { RunningMoments } from './running-moments.ts';
import { ratioScale, Spread } from './spread.ts';
import type { TokenPrice } from './summary-options.ts';

/** What a leg has used, of the replies for which it told. */
export interface TokenFigures {
  /** Replies that told. */
  readonly replies: number;
  /** Tokens that went in. */
  readonly input: number;
  /** Tokens that came out. */
  readonly output: number;
  /** Tokens that went in, on average; absent where no reply told. */
  readonly inputPerReply?: number;
  /** Tokens that came out, on average; absent where no reply told. */
  readonly outputPerReply?: number;
  /** Money, where prices were given. */
  readonly cost?: number;
  /** Money, on average, where prices were given and a reply told. */
  readonly costPerReply?: number;
}

/** Errors of one name. */
export interface ErrorCount {
  /** Of the error, as `error.name` tells. */
  readonly name: string;
  /** Of the error, where it has one. */
  readonly code?: string;
  /** HTTP status. */
  readonly status?: number;
  /** Runs of the leg. */
  readonly count: number;
  /** Runs of the leg that ended so. */
  readonly rate: Rate;
}

/** What a leg took and cost. */
export interface LegFigures {
  /** Milliseconds of replies. */
  readonly latency: Distribution;
  /** Sums and means of the replies that told. */
  readonly tokens: TokenFigures;
  /** The most frequent ones. */
  readonly errors: readonly ErrorCount[];
}

/** Kinds of errors that are counted, and those of them that are told. */
const mostErrors = 200;
const toldErrors = 10;
const million = 1_000_000;

/** Counts what one leg took and cost. */
export class LegCount {
  readonly #price: TokenPrice | undefined;
  readonly #latency = new Spread(ratioScale);
  readonly #errors = new BoundedCounts(mostErrors, { count: 0 });
  #runs = 0;
  readonly #input = new RunningMoments();
  readonly #output = new RunningMoments();
  readonly #cost = new RunningMoments();

  constructor(price: TokenPrice | undefined) {
    this.#price = price;
  }

  add({ ended, durationMs, usage, error }: LegRecord): void {
    this.#runs += 1;
    if (ended === 'answered') this.#latency.add(durationMs);
    if (error !== undefined) {
      const { name, code = null, status = null } = error;
      this.#errors.add(JSON.stringify([name, code, status]), 'count');
    }
    if (usage === undefined) return;
    this.#input.add(usage.inputTokens);
    this.#output.add(usage.outputTokens);
    const cost = costOf(usage, this.#price);
    if (cost !== undefined) this.#cost.add(cost);
  }

  figures(): LegFigures {
    return {
      latency: this.#latency.distribution,
      tokens: this.#tokens(),
      errors: this.#told(),
    };
  }

  /** How far it lies above another leg, of which a number of runs is asked for. */
  excessOver(noise: LegCount, asked: number): LegExcess {
    const [input, output, cost] = [
      meanExcess(this.#input, noise.#input, asked),
      meanExcess(this.#output, noise.#output, asked),
      meanExcess(this.#cost, noise.#cost, asked),
    ];
    return {
      latency: distributionExcess(this.#latency, noise.#latency, asked),
      tokens: {
        ...(input && { inputPerReply: input }),
        ...(output && { outputPerReply: output }),
        ...(cost && { costPerReply: cost }),
      },
      errors: this.#told().map((error) => this.#errorOver(noise, error, asked)),
    };
  }

  #errorOver(noise: LegCount, { count: _, ...error }: ErrorCount, asked: number): ErrorExcess {
    const { name, code = null, status = null, rate } = error;
    const found = noise.#errors.get(JSON.stringify([name, code, status]));
    const isKnown = found !== undefined || noise.#errors.untold === 0;
    const itself = rateOf(found?.count ?? 0, isKnown ? noise.#runs : 0);
    return { ...error, noise: itself, excess: excessOverNoise(rate, itself, asked) };
  }

  #tokens(): TokenFigures {
    const [input, output, cost] = [this.#input, this.#output, this.#cost];
    const replies = input.count;
    return {
      replies,
      input: sumOf(input),
      output: sumOf(output),
      ...(replies > 0 && { inputPerReply: input.mean, outputPerReply: output.mean }),
      ...(this.#price && { cost: cost.mean * cost.count }),
      ...(this.#price && replies > 0 && { costPerReply: cost.mean }),
    };
  }

  #told(): ErrorCount[] {
    const errors = this.#errors.entries().sort(([, a], [, b]) => b.count - a.count);
    return errors.slice(0, toldErrors).map(([key, { count }]) => {
      const [name, code, status] = JSON.parse(key) as [string, string | null, number | null];
      return {
        name,
        ...(code !== null && { code }),
        ...(status !== null && { status }),
        count,
        rate: rateOf(count, this.#runs),
      };
    });
  }
}

// Tokens are whole; what an average was made of may be off by less than one.
const sumOf = ({ mean, count }: Moments): number => Math.round(mean * count);

/** Money of one reply; undefined without a price. */
export function costOf(
  usage: LegRecord['usage'],
  price: TokenPrice | undefined,
): number | undefined {
  if (usage === undefined || price === undefined) return undefined;
  return (usage.inputTokens * price.input + usage.outputTokens * price.output) / million;
}
