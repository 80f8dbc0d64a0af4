import { resolve } from 'node:path';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { MissedPairs, PairSink } from '../core/contracts/pair-sink.ts';
import { withoutText } from '../core/contracts/without-text.ts';
import { type Logger, processWarnings } from '../core/events/logger.ts';
import { check, having, issuesOf, refuse, required } from '../core/option-checks.ts';
import { type Clock, systemClock, type TimerHandle } from '../core/time/clock.ts';
import { withoutOldWords, withoutTenant } from './line-changes.ts';
import { LogFile } from './log-file.ts';
import { logNames, removeUnfinished } from './log-names.ts';
import { toMissLine, toPairLine, toWordedLine } from './pair-line.ts';
import { PairLog } from './pair-log.ts';
import { type PairTextOptions, redactorOf, textChecks } from './pair-text.ts';
import { type LineChange, rewriteFile } from './rewrite-file.ts';

/** Where pairs are written, and how many. */
export interface JsonlPairsOptions {
  /** The file; older ones beside it end in `.1`, `.2`, … Its directory must exist. One process writes it. */
  path: string;
  /** Bytes of a file, at most, before a new one is begun. @default 67_108_864 (64 MiB) */
  maxBytes?: number | undefined;
  /** Files in all; the oldest is removed. @default 8 */
  maxFiles?: number | undefined;
  /** Bytes that wait in memory while the disk is slow or failing. @default 4_194_304 (4 MiB) */
  maxBufferBytes?: number | undefined;
  /** Present: the words of both replies are kept, too, for a time. @default metrics and hashes alone */
  text?: PairTextOptions | undefined;
  /** Where a disk that fails, and its recovery, are told. @default `process.emitWarning` */
  logger?: Logger | undefined;
  /** A seam for tests. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
}

/** What has become of the lines of a log. */
export interface JsonlPairsStats {
  /** In a file. */
  readonly written: number;
  /** In memory, on their way. */
  readonly waiting: number;
  /** Pairs and misses that found no room, or came after `close()`. */
  readonly dropped: number;
  /** Writes that failed. */
  readonly failures: number;
}

/** Pairs in a file of one JSON text a line. */
export interface JsonlPairs extends PairSink {
  /** Writes what waits; rejects with the file system's error when it cannot. */
  flush(): Promise<void>;
  /** The same, and lets go of the file; what comes later is dropped. */
  close(): Promise<void>;
  /** Takes words whose time is over out of all files; gives how many pairs had some. Done by itself each hour. */
  prune(): Promise<number>;
  /** Takes a tenant's lines out of all files; gives how many there were. */
  erase(tenant: string): Promise<number>;
  /** What has become of the lines so far. */
  stats(): JsonlPairsStats;
}

const checks = {
  path: required(check.text),
  maxBytes: check.count,
  maxFiles: check.count,
  maxBufferBytes: check.count,
  text: textChecks,
  logger: having('warn'),
  clock: check.clock,
};

/** Milliseconds between two prunings, and until the first one: words of an earlier process may be over. */
const [pruneMs, firstPruneMs] = [3_600_000, 10_000];

class PairFile implements JsonlPairs {
  readonly redactText: ((text: string) => string) | undefined;
  readonly #path: string;
  readonly #log: PairLog;
  readonly #ttlMs: number | undefined;
  readonly #clock: Clock;
  #pruning: TimerHandle;
  /** Whether the files may hold words; known once they were looked through. */
  #isWorded = true;
  #closing: Promise<void> | undefined;

  constructor(options: JsonlPairsOptions) {
    const { maxBytes = 64 * 2 ** 20, maxFiles = 8, maxBufferBytes = 4 * 2 ** 20, text } = options;
    const { logger = processWarnings, clock = systemClock } = options;
    this.redactText = redactorOf(text);
    // The working directory may change.
    this.#path = resolve(options.path);
    const file = new LogFile(this.#path, maxBytes, maxFiles);
    this.#log = new PairLog({ file, maxBytes, maxBufferBytes, clock, logger });
    this.#ttlMs = text?.ttlMs;
    this.#clock = clock;
    this.#pruneLater(firstPruneMs);
  }

  add(pair: PairRecord): void {
    if (this.#closing !== undefined) {
      this.#log.refuse(1);
      return;
    }
    const { kind, route, tenant, stage } = pair;
    const at = this.#clock.now();
    this.#log.add(this.#lineOf(pair), { kind, at, route, tenant, stage, why: 'bytes', count: 1 });
  }

  missed(misses: MissedPairs): void {
    if (this.#closing === undefined) this.#log.add(toMissLine(misses), misses);
    else this.#log.refuse(misses.count);
  }

  async flush(): Promise<void> {
    const failed = await this.#log.write();
    if (failed !== undefined) throw failed.error;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async prune(): Promise<number> {
    let isWorded = false;
    const changed = await this.#rewrite(
      withoutOldWords(this.#clock.now(), () => {
        isWorded = true;
      }),
    );
    this.#isWorded = isWorded;
    return changed;
  }

  erase(tenant: string): Promise<number> {
    return this.#rewrite(withoutTenant(tenant));
  }

  stats(): JsonlPairsStats {
    return this.#log.counts;
  }

  #lineOf(pair: PairRecord): string {
    return pair.text === undefined || this.#ttlMs === undefined
      ? toPairLine(withoutText(pair))
      : toWordedLine(pair, pair.at + this.#ttlMs);
  }

  async #close(): Promise<void> {
    this.#clock.clearTimeout(this.#pruning);
    const failed = await this.#log.write();
    await this.#log.close();
    if (failed !== undefined) throw failed.error;
  }

  async #rewrite(change: LineChange): Promise<number> {
    const failed = await this.#log.write();
    if (failed !== undefined) throw failed.error;
    return this.#log.exclusive(async () => {
      let changed = 0;
      await removeUnfinished(this.#path);
      for (const name of await logNames(this.#path)) changed += await rewriteFile(name, change);
      return changed;
    });
  }

  /** Also without `text`: an earlier process may have kept words, and only what is looked for is found. */
  #pruneLater(ms: number): void {
    this.#pruning = this.#clock.setTimeout(() => {
      // What fails now is tried again in an hour; nothing that is read has old words in any case.
      this.prune()
        .catch(() => undefined)
        .finally(() => {
          const isNeeded = this.#ttlMs !== undefined || this.#isWorded;
          if (isNeeded && this.#closing === undefined) this.#pruneLater(pruneMs);
        });
    }, ms);
  }
}

/**
 * Keeps pairs in a file that grows up to a size, then in the next one. Lines are written off the users' path, a tenth of
 * a second later at most; while the disk fails they wait in memory as far as there is room, and what there is none for is
 * counted and told as missed.
 *
 * @example
 * const pairs = jsonlPairs({ path: '/var/log/app/pairs.jsonl' });
 * const cutover = createCutover({ flags, pairs });
 * @throws InvalidOptionsError naming everything that is wrong with the options.
 */
export function jsonlPairs(options: JsonlPairsOptions): JsonlPairs {
  refuse('jsonlPairs()', issuesOf(options, checks));
  return new PairFile(options);
}
