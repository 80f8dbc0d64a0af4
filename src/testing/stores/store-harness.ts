import type { Store } from '../../core/contracts/store.ts';

/** A fresh store, and what else of it a test can reach. */
export interface StoreHarness {
  readonly store: Store;
  /** Opens another store on the same data, as another process would. Absent: the data are this store's alone. */
  another?(): Store | Promise<Store>;
  /** Moves the clock on which leases run, in milliseconds. Absent: the suite waits for short leases to run out. */
  advance?(ms: number): void | Promise<void>;
  /** Makes every write of an audit entry fail until what it gives is called. */
  breakEntries?(): Promise<() => Promise<void>>;
}

/** One test of the suite: its name, and what it does with a store that nobody else has touched. */
export type StoreTest = readonly [name: string, run: (harness: StoreHarness) => Promise<void>];

/** The store, and a second way to its data where there is one: what either writes, both must see. */
export async function bothOf(harness: StoreHarness): Promise<[Store, Store]> {
  return [harness.store, (await harness.another?.()) ?? harness.store];
}

/** Everything that an iterable gives. */
export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Names that have broken lookups, encodings and indexes before. */
export const oddNames: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  'a\0b',
  'a',
  '"a"',
  "'; DROP TABLE pairs; --",
  '🦉',
  'lone \ud800 surrogate',
  'lone \ud801 surrogate',
  'é'.normalize('NFC'),
  'é'.normalize('NFD'),
  'É',
  'a ',
  `${'long '.repeat(2_000)}1`,
  `${'long '.repeat(2_000)}2`,
  `#${'0'.repeat(64)}`,
  '%',
  '\\',
];
