import type { LegRecord } from '../../core/pair-record.ts';
import { BoundedCounts } from './bounded-counts.ts';
import { type Distribution, Ratios } from './distribution.ts';
import type { TokenPrice } from './summary-options.ts';

/** What a leg has used, of the replies for which it told. */
export interface TokenFigures {
  readonly replies: number;
  readonly input: number;
  readonly output: number;
  /** Money, where prices were given. */
  readonly cost?: number;
  readonly costPerReply?: number;
}

/** Errors of one name. */
export interface ErrorCount {
  readonly name: string;
  readonly code?: string;
  readonly status?: number;
  readonly count: number;
}

/** What a leg took and cost. */
export interface LegFigures {
  /** Milliseconds of replies. */
  readonly latency: Distribution;
  readonly tokens: TokenFigures;
  /** The most frequent ones. */
  readonly errors: readonly ErrorCount[];
}

const mostErrors = 200;
const toldErrors = 10;
const million = 1_000_000;

/** Counts what one leg took and cost. */
export class LegCount {
  readonly #latency = new Ratios();
  readonly #errors = new BoundedCounts(mostErrors, { count: 0 });
  #replies = 0;
  #input = 0;
  #output = 0;

  add({ ended, durationMs, usage, error }: LegRecord): void {
    if (ended === 'answered') this.#latency.add(durationMs);
    if (error !== undefined) {
      const { name, code = null, status = null } = error;
      this.#errors.add(JSON.stringify([name, code, status]), 'count');
    }
    if (usage === undefined) return;
    this.#replies += 1;
    this.#input += usage.inputTokens;
    this.#output += usage.outputTokens;
  }

  figures(price: TokenPrice | undefined): LegFigures {
    return {
      latency: this.#latency.distribution,
      tokens: this.#tokens(price),
      errors: this.#told(),
    };
  }

  #tokens(price: TokenPrice | undefined): TokenFigures {
    const [replies, input, output] = [this.#replies, this.#input, this.#output];
    if (price === undefined) return { replies, input, output };
    const cost = (input * price.input + output * price.output) / million;
    return { replies, input, output, cost, ...(replies > 0 && { costPerReply: cost / replies }) };
  }

  #told(): ErrorCount[] {
    const errors = this.#errors.entries().sort(([, a], [, b]) => b.count - a.count);
    return errors.slice(0, toldErrors).map(([key, { count }]) => {
      const [name, code, status] = JSON.parse(key) as [string, string | null, number | null];
      return { name, ...(code !== null && { code }), ...(status !== null && { status }), count };
    });
  }
}
