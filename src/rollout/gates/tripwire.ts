import type { Filled } from '../../core/given-options.ts';
/** From where on failures are a catastrophe. */
export interface TripwireOptions {
  /** Share of failures. @default 0.5 */
  readonly rate?: number | undefined;
  /** Calls that it needs at least. @default 20 */
  readonly calls?: number | undefined;
  /** Milliseconds that are looked back. @default 300_000 */
  readonly windowMs?: number | undefined;
}

interface Stretch {
  readonly at: number;
  calls: number;
  bad: number;
}

/** Stretches of a window: what is older by less than one still counts. */
const stretches = 30;

/** Watches a window of the latest calls. Once it has tripped it stays so. */
export class Tripwire {
  readonly #options: Filled<TripwireOptions>;
  readonly #window: Stretch[] = [];
  #tripped: { readonly calls: number; readonly bad: number } | undefined;

  constructor(options: Filled<TripwireOptions>) {
    this.#options = options;
  }

  /** What it tripped on. */
  get tripped(): { readonly calls: number; readonly bad: number } | undefined {
    return this.#tripped;
  }

  /** Takes calls that were counted from a moment to another. */
  add({ from, at, calls, bad }: { from: number; at: number; calls: number; bad: number }): void {
    const { rate, calls: least, windowMs } = this.#options;
    // Read after a restart or an outage they are of hours: nobody can tell how many of them failed within moments.
    if (at - from > windowMs) return;
    const last = this.#window.at(-1);
    if (last !== undefined && at - last.at < windowMs / stretches) {
      last.calls += calls;
      last.bad += bad;
    } else this.#window.push({ at, calls, bad });
    while ((this.#window[0]?.at ?? at) < at - windowMs) this.#window.shift();
    const all = this.#window.reduce((sum, stretch) => sum + stretch.calls, 0);
    const failed = this.#window.reduce((sum, stretch) => sum + stretch.bad, 0);
    if (all >= least && failed >= rate * all) this.#tripped ??= { calls: all, bad: failed };
  }
}
