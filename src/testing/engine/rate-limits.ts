import type { Filled } from '../../core/given-options.ts';
/** Calls a wall-clock minute, rejected ones included. */
export interface RateLimits {
  /** Per address and path. @default 60 */
  readonly perAddressPath?: number | undefined;
  /** Per address and path, for paths with `/evaluate`, `/compose` or `/evolve`. @default 10 */
  readonly perAddressCostlyPath?: number | undefined;
  /** Per key, over all paths. @default 120 */
  readonly perKey?: number | undefined;
}

const costly = /\/(?:evaluate|compose|evolve)/u;

/** Fixed windows on the wall-clock minute, as the service counts. */
export class RateLimiter {
  readonly #limits: Filled<RateLimits> | false;
  readonly #counts = new Map<string, number>();
  #minute = Number.NaN;

  constructor(limits: RateLimits | false = {}) {
    this.#limits = limits && {
      perAddressPath: limits.perAddressPath ?? 60,
      perAddressCostlyPath: limits.perAddressCostlyPath ?? 10,
      perKey: limits.perKey ?? 120,
    };
  }

  /** Counts a call in both its windows and tells whether either was full. */
  refuses(now: number, address: string, path: string, token: string | undefined): boolean {
    if (this.#limits === false) return false;
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) this.#counts.clear();
    this.#minute = minute;
    const { perAddressPath, perAddressCostlyPath, perKey } = this.#limits;
    const pathLimit = costly.test(path) ? perAddressCostlyPath : perAddressPath;
    const pathFull = this.#count(`path ${address} ${path}`) > pathLimit;
    const keyFull = token !== undefined && this.#count(`key ${token}`) > perKey;
    return pathFull || keyFull;
  }

  #count(bucket: string): number {
    const count = (this.#counts.get(bucket) ?? 0) + 1;
    this.#counts.set(bucket, count);
    return count;
  }
}
