import { blocksHash, endedHash, signedHash } from './bucket.ts';
import { HashTable } from './hash-table.ts';

/**
 * How many blocks of four characters of a name may be hashed before it is looked for. The first number is taken that tells nearly
 * all known names apart.
 */
const beginnings = [4, 8, 16] as const;
/** Stands for the whole name: known names that begin alike for longer than that are told apart by nothing less. */
const wholeName = 0;

interface Index<Value extends object> {
  readonly blocks: number;
  readonly table: HashTable<Value>;
}

type Known<Value> = readonly (readonly [name: string, value: Value])[];

/**
 * What is known of single names, found on the way to the hash that a bucket needs anyway: a name that is found needs no
 * bucket, and for all others the hash is brought to its end. A map of ten thousand costs a third of a call to find that
 * a name is not in it: its keys lie all over the memory, and it hashes them once more.
 */
export class HashedNames<Value extends object> {
  readonly #seed: number;
  readonly #blocks: number;
  readonly #table: HashTable<Value>;

  /** @param seed - of the hashes */
  constructor(known: Known<Value>, seed: number) {
    this.#seed = seed;
    const { blocks, table } = shortestIndex(known, seed);
    this.#blocks = blocks;
    this.#table = table;
  }

  /** What is known of a name or, of any other, its `signedHash`. */
  valueOrHash(name: string): Value | number {
    // As `begunHash`, written out: a call between costs as much as two blocks.
    const most = this.#blocks;
    if (most === wholeName) return this.#valueOrWholeHash(name);
    const all = name.length >> 2;
    const blocks = all < most ? all : most;
    const begun = blocksHash(name, 0, blocks, this.#seed);
    if (begun === undefined) return this.#valueOrWholeHash(name);
    const value = this.#table.find(name, begun);
    return value === undefined ? endedHash(name, this.#seed, blocks, begun) : value;
  }

  #valueOrWholeHash(name: string): Value | number {
    const hash = signedHash(name, this.#seed);
    return this.#table.find(name, hash) ?? hash;
  }
}

const blocksOf = (name: string, most: number): number => Math.min(most, name.length >> 2);

/** Undefined where only the whole hash will do: that of bytes is not made block by block. */
function begunHash(name: string, seed: number, blocks: number): number | undefined {
  return blocks === wholeName ? undefined : blocksHash(name, 0, blocksOf(name, blocks), seed);
}

/** The index that hashes the least of a name, out of those in which hardly any name had to go into another place than its own. */
function shortestIndex<Value extends object>(known: Known<Value>, seed: number): Index<Value> {
  for (const blocks of beginnings) {
    const table = tableBy(blocks, known, seed, known.length);
    if (table !== undefined) return { blocks, table };
  }
  const table = tableBy(wholeName, known, seed, Number.POSITIVE_INFINITY) as HashTable<Value>;
  return { blocks: wholeName, table };
}

/** Undefined if the names lie too far behind their own places: more than `mostFurther`, taken together. */
function tableBy<Value extends object>(
  blocks: number,
  known: Known<Value>,
  seed: number,
  mostFurther: number,
): HashTable<Value> | undefined {
  const table = new HashTable<Value>(known.length);
  let further = 0;
  for (const [name, value] of known) {
    const hash = begunHash(name, seed, blocks) ?? signedHash(name, seed);
    further += table.put(name, hash, value);
    if (further > mostFurther) return undefined;
  }
  return table;
}
