import { Histogram } from '../../core/histogram.ts';

/** Where values lie. Quantiles are off by up to 5 %, those of similarities by up to 0.01. */
export interface Distribution {
  readonly count: number;
  readonly p5?: number;
  readonly p25?: number;
  readonly p50?: number;
  readonly p75?: number;
  readonly p95?: number;
  readonly p99?: number;
}

const shares = { p5: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;

function distributionOf(
  count: number,
  quantile: (share: number) => number | undefined,
): Distribution {
  const told = Object.entries(shares).map(([name, share]) => [name, quantile(share)]);
  return { count, ...(count > 0 && Object.fromEntries(told)) };
}

/** Positive values of any size, in fixed memory: what is equally many times larger is equally far away. */
export class Ratios {
  readonly #slots = new Histogram();

  add(value: number | undefined): void {
    if (value !== undefined && value >= 0) this.#slots.record(value);
  }

  get distribution(): Distribution {
    return distributionOf(this.#slots.count, (share) => this.#slots.quantile(share));
  }
}

const bins = 100;

/** Values from 0 to 1, in fixed memory. */
export class Shares {
  readonly #bins = new Uint32Array(bins + 1);
  #count = 0;

  add(value: number | undefined): void {
    if (value === undefined || !(value >= 0)) return;
    const bin = Math.round(Math.min(1, value) * bins);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#count += 1;
  }

  get distribution(): Distribution {
    return distributionOf(this.#count, (share) => {
      let left = share * this.#count;
      const bin = this.#bins.findIndex((count) => {
        left -= count;
        return left <= 0;
      });
      return bin / bins;
    });
  }
}
