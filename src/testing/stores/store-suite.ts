import { leaseTests } from './lease-tests.ts';
import { pairTests } from './pair-tests.ts';
import { rolloutTests } from './rollout-tests.ts';
import type { StoreHarness, StoreTest } from './store-harness.ts';
import { trafficTests } from './traffic-tests.ts';
import { turnTests } from './turn-tests.ts';
import { upkeepTests } from './upkeep-tests.ts';
import { watchTests } from './watch-tests.ts';

/** What the conformance suite is run on, and with whose `describe` and `it`. */
export interface StoreSuiteOptions {
  /** Names the store in the test names. */
  readonly name: string;
  /** Makes a store that no other test has touched. The suite closes it. */
  make(): StoreHarness | Promise<StoreHarness>;
  /** Groups tests, as in vitest, jest and `node:test`. */
  describe(name: string, define: () => void): unknown;
  /** Declares a test, as in vitest, jest and `node:test`. */
  it(name: string, run: () => Promise<void>): unknown;
}

const areas: readonly (readonly [area: string, tests: readonly StoreTest[]])[] = [
  ['rollouts', rolloutTests],
  ['watches', watchTests],
  ['leases', leaseTests],
  ['pairs', pairTests],
  ['traffic', trafficTests],
  ['transcripts', turnTests],
  ['upkeep', upkeepTests],
];

/**
 * Declares the tests that every store has to pass: those built in, and yours.
 *
 * @example
 * testStore({ name: 'my store', make: () => ({ store: myStore() }), describe, it });
 */
export function testStore({ name, make, describe, it }: StoreSuiteOptions): void {
  const runOnFresh = async ([, run]: StoreTest): Promise<void> => {
    const harness = await make();
    try {
      await run(harness);
    } finally {
      await harness.store.close();
    }
  };
  describe(`store: ${name}`, () => {
    for (const [area, tests] of areas) {
      describe(area, () => {
        for (const test of tests) it(test[0], () => runOnFresh(test));
      });
    }
  });
}
