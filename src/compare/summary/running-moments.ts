import type { Moments } from '../sequential/moments.ts';

/** Moments that grow in place (Welford 1962): a report adds half a million values, and makes nothing for each. */
export class RunningMoments implements Moments {
  count = 0;
  mean = 0;
  squares = 0;

  /** A value that is not finite is left out. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.count += 1;
    const distance = value - this.mean;
    this.mean += distance / this.count;
    this.squares += distance * (value - this.mean);
  }
}
