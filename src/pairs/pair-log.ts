import type { MissedPairs } from '../core/contracts/pair-sink.ts';
import type { Logger } from '../core/events/logger.ts';
import { Warnings } from '../core/events/warnings.ts';
import type { Clock, TimerHandle } from '../core/time/clock.ts';
import { LineBuffer } from './line-buffer.ts';
import type { LogFile } from './log-file.ts';
import { MissSums } from './miss-sums.ts';
import { toMissLine } from './pair-line.ts';

/** Milliseconds that lines are gathered for: what a crash costs. */
const gatherMs = 100;
/** Milliseconds until a failed write is tried again, doubled each time. */
const [firstRetryMs, longestRetryMs] = [1_000, 30_000];
/** Bytes of one write, unless a single line has more; with so many waiting nobody waits for more. */
const batchBytes = 256 * 1024;
/** Sums of what found no room. */
const mostSums = 1_000;

interface PairLogSetup {
  readonly file: LogFile;
  readonly maxBytes: number;
  readonly maxBufferBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Lines on their way into a file: gathered, written off the caller's turn, kept while the disk fails as far as there is room. */
export class PairLog {
  readonly #file: LogFile;
  readonly #buffer: LineBuffer;
  readonly #clock: Clock;
  readonly #warnings: Warnings;
  readonly #unkept = new MissSums(mostSums);
  #tail: Promise<unknown> = Promise.resolve();
  #timer: TimerHandle;
  #retryMs = 0;
  #isWriting = false;
  #dropped = 0;
  #failures = 0;
  #written = 0;

  constructor({ file, maxBytes, maxBufferBytes, clock, logger }: PairLogSetup) {
    this.#file = file;
    this.#buffer = new LineBuffer(maxBufferBytes, maxBytes);
    this.#clock = clock;
    this.#warnings = new Warnings(logger, clock);
  }

  get counts() {
    return {
      written: this.#written,
      waiting: this.#buffer.count,
      dropped: this.#dropped,
      failures: this.#failures,
    };
  }

  /** Takes a line; `instead` is what is told of it where there is no room. */
  add(line: string, instead: MissedPairs): void {
    if (!this.#buffer.add(line)) {
      this.#dropped += instead.count;
      this.#unkept.add(instead);
    }
    if (!this.#isWriting) this.#writeLater();
  }

  /** Counts what came too late. */
  refuse(count: number): void {
    this.#dropped += count;
  }

  /** Writes what waits, and leaves what comes meanwhile for the next time. Resolves, never rejects, with what went wrong. */
  write(): Promise<{ readonly error: unknown } | undefined> {
    this.#disarm();
    return this.exclusive(async () => {
      this.#isWriting = true;
      try {
        const until = this.#written + this.#waiting;
        while (this.#waiting > 0 && this.#written < until) await this.#writeBatch();
        this.#recovered();
        if (this.#waiting > 0) this.#writeLater();
        return undefined;
      } catch (error) {
        this.#failed(error);
        return { error };
      } finally {
        this.#isWriting = false;
      }
    });
  }

  /** Runs something while nothing else touches the files. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work);
    this.#tail = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    this.#disarm();
    await this.exclusive(() => this.#file.close());
  }

  /** Lines, and sums of what found no room. */
  get #waiting(): number {
    return this.#buffer.count + this.#unkept.size;
  }

  #writeLater(): void {
    if (this.#retryMs > 0 || this.#buffer.bytes < batchBytes) this.#arm();
    else void this.write();
  }

  async #writeBatch(): Promise<void> {
    await this.#file.ensure();
    this.#tellUnkept();
    if (this.#buffer.count === 0) return;
    const wanted = Math.max(batchBytes, this.#buffer.firstBytes);
    let batch = this.#buffer.peek(Math.min(wanted, this.#file.room));
    if (batch.count === 0) {
      await this.#file.rotate();
      batch = this.#buffer.peek(Math.min(wanted, this.#file.room));
    }
    await this.#file.append(batch.content);
    this.#buffer.drop(batch.count);
    this.#written += batch.count;
  }

  /** What was lost is said in the next lines that there is room for. */
  #tellUnkept(): void {
    if (this.#unkept.size === 0) return;
    const lines = [...this.#unkept];
    this.#unkept.clear();
    for (const misses of lines) {
      // What an empty buffer has no room for it will never have.
      if (!this.#buffer.add(toMissLine(misses)) && this.#buffer.count > 0) this.#unkept.add(misses);
    }
  }

  #arm(): void {
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      void this.write();
    }, this.#retryMs || gatherMs);
  }

  #disarm(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #failed(error: unknown): void {
    this.#failures += 1;
    if (this.#retryMs === 0) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      const kept = 'pairs are kept as far as there is room';
      this.#warnings.warn(
        'pairs',
        `The pair log ${this.#file.path} cannot be written (${code}); ${kept}.`,
      );
    }
    this.#retryMs = Math.min(this.#retryMs * 2 || firstRetryMs, longestRetryMs);
    this.#arm();
  }

  #recovered(): void {
    if (this.#retryMs === 0) return;
    this.#retryMs = 0;
    this.#warnings.warn(
      'pairs-again',
      `The pair log is written again; ${this.#dropped} were lost.`,
    );
  }
}
