import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import { type Filled, givenOptions } from '../../core/given-options.ts';
import { check, issuesOf, type OptionCheck, refuse } from '../../core/option-checks.ts';

/** What tokens cost, in money per million. */
export interface TokenPrice {
  /** Money per million tokens that go in. */
  input: number;
  /** Money per million tokens that come out. */
  output: number;
}

/** From where on something is raised. */
export interface SummaryThresholds {
  /**
   * Share that a kind has to lie above, with 99 % confidence, where there is too little noise to hold it against. What
   * two equally good legs differ by was measured at up to 5 % by the tests of this library.
   *
   * @default 0.05
   */
  floor?: number | undefined;
  /** The same for failures, empty replies and refusals. @default 0.02 */
  failureFloor?: number | undefined;
  /** Share above that of legacy against itself that it has to exceed, with 99 % confidence. @default 0.02 */
  excess?: number | undefined;
  /** Noise pairs from which on noise is what counts. @default 30 */
  noisePairs?: number | undefined;
}

/** What a report is made of, and how much it may hold. */
export interface SummaryOptions {
  /** What has no pair. @default `pairs.misses()` where the source has it, read when its pairs have been */
  misses?: Iterable<MissedPairs> | undefined;
  /** Exchanges that were to be compared by the app's own count, to check the balance. @default pairs and misses */
  served?: number | undefined;
  /** Days of volume in a row that are asked for: the migration guide's. @default 7 */
  days?: number | undefined;
  /** Money per million tokens. @default no costs */
  prices?:
    | {
        currency?: string | undefined;
        legacy?: TokenPrice | undefined;
        candidate?: TokenPrice | undefined;
      }
    | undefined;
  /** From where on something is raised. @default each its own */
  thresholds?: SummaryThresholds | undefined;
  /** Only of this route. @default all */
  route?: string | undefined;
  /** Only of this tenant. @default all */
  tenant?: string | undefined;
  /** Only from this moment on, milliseconds since the epoch. @default all */
  since?: number | undefined;
  /** Only before this moment. @default all */
  until?: number | undefined;
  /** Worst pairs that are named. @default 10 */
  worst?: number | undefined;
  /** Tenants with a row of their own: the first ones that are met. @default 1_000 */
  maxTenants?: number | undefined;
}

const some: OptionCheck = {
  test: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  must: 'be a finite number from 0 on',
};
// No text, which iterates over its characters: the path of a log, say.
const iterable: OptionCheck = {
  test: (value) => check.object.test(value) && Symbol.iterator in (value as object),
  must: 'be something to iterate over',
};

const isSource = (pairs: unknown): boolean =>
  iterable.test(pairs) ||
  typeof (pairs as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === 'function';

const price = { input: { ...some, required: true }, output: { ...some, required: true } };

const checks = {
  misses: iterable,
  served: some,
  days: check.count,
  prices: { currency: check.text, legacy: price, candidate: price },
  thresholds: {
    floor: check.share,
    failureFloor: check.share,
    excess: check.share,
    noisePairs: check.count,
  },
  route: check.text,
  tenant: check.text,
  since: some,
  until: some,
  worst: check.count,
  maxTenants: check.count,
};

/** Options after which nothing is asked for a default. */
export type NormalizedSummary = SummaryOptions & {
  readonly days: number;
  readonly thresholds: Filled<SummaryThresholds>;
  readonly since: number;
  readonly until: number;
  readonly worst: number;
  readonly maxTenants: number;
};

const defaults = {
  days: 7,
  since: 0,
  until: Number.POSITIVE_INFINITY,
  worst: 10,
  maxTenants: 1_000,
};

const defaultThresholds: Filled<SummaryThresholds> = {
  floor: 0.05,
  failureFloor: 0.02,
  excess: 0.02,
  noisePairs: 30,
};

/** @throws InvalidOptionsError naming every issue at once, those of the source as well */
export function normalizedSummary(pairs: unknown, options: SummaryOptions): NormalizedSummary {
  const issues = issuesOf(options, checks);
  if (!isSource(pairs))
    issues.unshift('pairs must be something to iterate over, of pairs: readPairs(path) of a file');
  const { since = defaults.since, until = defaults.until } = options ?? {};
  if (since >= until) issues.push('until must be later than since: no pair lies between them');
  refuse('summarize()', issues);
  const thresholds = { ...defaultThresholds, ...givenOptions(options.thresholds) };
  return { ...defaults, ...givenOptions(options), thresholds };
}
