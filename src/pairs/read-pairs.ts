import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { MissedPairs } from '../core/contracts/pair-sink.ts';
import { withoutText } from '../core/contracts/without-text.ts';
import { check, issuesOf, refuse, required } from '../core/option-checks.ts';
import { type Clock, systemClock } from '../core/time/clock.ts';
import { linesOf } from './lines-of.ts';
import { logNames } from './log-names.ts';
import { MissSums } from './miss-sums.ts';
import { openIfThere } from './open-if-there.ts';
import { type PairLine, readPairLine } from './pair-line-schema.ts';

/** How a pair log is read. */
export interface ReadPairsOptions {
  /** A seam for tests. @default Node's clock */
  clock?: Clock | undefined;
}

/** The pairs of a log, the oldest first. What it tells besides is of the last time that it was read. */
export interface PairReading extends AsyncIterable<PairRecord> {
  /** What has no pair, summed up by the hour; complete when all pairs have been read. */
  misses(): MissedPairs[];
  /** Reads the log once more: the pairs, and between them what has none, in the order in which both were written. */
  recorded(): AsyncIterable<PairRecord | MissedPairs>;
  /** Lines that a crash has torn, and lines that hold nothing that is known here. */
  readonly skipped: { readonly torn: number; readonly unknown: number };
}

const pathCheck = { path: required(check.text) };
const checks = { clock: check.clock };

/** Sums of misses that are held at most: a year of hours for a dozen tenants. */
const mostSums = 100_000;

/** A line that tells of exchanges, with a pair or without. */
type Recorded = Exclude<PairLine, { readonly type: 'torn' | 'unknown' }>;

class LogReading implements PairReading {
  readonly #path: string;
  readonly #clock: Clock;
  #misses = new MissSums(mostSums);
  #skipped = { torn: 0, unknown: 0 };

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  get skipped(): { readonly torn: number; readonly unknown: number } {
    return { ...this.#skipped };
  }

  misses(): MissedPairs[] {
    return [...this.#misses];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PairRecord, void, undefined> {
    for await (const line of this.#lines()) if (line.type === 'pair') yield this.#pairOf(line);
  }

  async *recorded(): AsyncGenerator<PairRecord | MissedPairs, void, undefined> {
    for await (const line of this.#lines()) {
      yield line.type === 'pair' ? this.#pairOf(line) : line.misses;
    }
  }

  async *#lines(): AsyncGenerator<Recorded, void, undefined> {
    this.#misses = new MissSums(mostSums);
    this.#skipped = { torn: 0, unknown: 0 };
    const files = await openAll(this.#path);
    try {
      for (const file of files) yield* this.#linesOf(file);
    } finally {
      await closeAll(files);
    }
  }

  async *#linesOf(file: FileHandle): AsyncGenerator<Recorded, void, undefined> {
    for await (const text of linesOf(file)) {
      const line = readPairLine(text);
      if (line.type === 'missed') this.#misses.add(line.misses);
      if (line.type === 'missed' || line.type === 'pair') yield line;
      else this.#skipped[line.type] += 1;
    }
  }

  /** Words without an end are none that we have written. */
  #pairOf({ pair, textUntil = 0 }: Extract<Recorded, { type: 'pair' }>): PairRecord {
    return textUntil > this.#clock.now() ? pair : withoutText(pair);
  }
}

/**
 * Opens the files of a log, the oldest first. They are opened from the newest on: a file that becomes an older one
 * meanwhile is met twice and taken once, while in the other direction it would be missed.
 */
async function openAll(path: string): Promise<FileHandle[]> {
  const files = new Map<string, FileHandle>();
  try {
    for (const name of await logNames(path)) {
      const file = await openIfThere(name);
      if (file === undefined) continue;
      const { dev, ino } = await file.stat();
      const identity = `${dev}:${ino}`;
      if (files.has(identity)) await file.close();
      else files.set(identity, file);
    }
  } catch (error) {
    await closeAll(files.values());
    throw error;
  }
  // A log that does not exist is an error, told as the file system tells it.
  return files.size > 0 ? [...files.values()].reverse() : [await open(path, 'r')];
}

const closeAll = (files: Iterable<FileHandle>): Promise<unknown> =>
  Promise.all([...files].map((file) => file.close()));

/**
 * Reads what `jsonlPairs` has written, also while it goes on writing: the file at `path` and its older siblings. Lines
 * that cannot be understood are counted and left out; words whose time is over are never given.
 *
 * @example
 * for await (const pair of readPairs('/var/log/app/pairs.jsonl')) console.log(pair.divergence?.verdict);
 * @throws InvalidOptionsError naming everything that is wrong with the options; when read, the file system's error if
 * there is no file at all, or one cannot be read.
 */
export function readPairs(path: string, options: ReadPairsOptions = {}): PairReading {
  refuse('readPairs()', [...issuesOf({ path }, pathCheck), ...issuesOf(options, checks)]);
  return new LogReading(resolve(path), options.clock ?? systemClock);
}
