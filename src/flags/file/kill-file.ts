import { resolve } from 'node:path';
import { attempt } from '../../core/attempt.ts';
import type { Reporter } from '../../core/events/events.ts';
import { nodeBuiltin } from '../../core/node-builtin.ts';
import { check, issuesOf, type OptionCheck, required } from '../../core/option-checks.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import { type FileHead, fileHead } from './file-head.ts';

/** Where a kill file is looked for. */
export interface KillFileOptions {
  /** The file; a relative path is of the working directory. */
  path: string;
  /** Milliseconds from one look to the next. @default 1_000 */
  pollMs?: number | undefined;
}

/** What a kill file is watched with, and what is called when it comes and goes. */
export interface KillFileWatch {
  readonly file: string | KillFileOptions;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** The file is there; the first line of its text says why. */
  readonly appeared: (reason: string) => void;
  readonly removed: () => void;
}

const defaultPollMs = 1_000;
const maxReasonBytes = 1_024;
const maxReasonChars = 200;
const noReason = 'the kill file is there';
const optionChecks = { path: required(check.text), pollMs: check.milliseconds };

/** The rule for the option that names a kill file. */
export const killFileCheck: OptionCheck = {
  test: (value) => check.text.test(value) || issuesOf(value, optionChecks).length === 0,
  must: `be a path that is not empty, or an object with such a path and, if you like, pollMs, which must ${check.milliseconds.must}`,
};

/**
 * A file whose mere existence is an order. One look at a time: a file system that hangs is waited for and changes
 * nothing, as does every error but "there is no such file".
 */
export class KillFile {
  readonly #watch: KillFileWatch;
  readonly #path: string;
  readonly #pollMs: number;
  #isThere = false;
  #failing: string | undefined;
  #timer: TimerHandle;
  #closed = false;

  constructor(watch: KillFileWatch) {
    const { path, pollMs = defaultPollMs } =
      typeof watch.file === 'string' ? { path: watch.file } : watch.file;
    this.#watch = watch;
    this.#path = resolve(path);
    this.#pollMs = pollMs;
  }

  /** Looks at once, so that a process that starts under a kill serves no call otherwise, and then from time to time. */
  start(): void {
    try {
      nodeBuiltin.fs.statSync(this.#path);
      this.#found(attempt(() => fileHead.readSync(this.#path, maxReasonBytes)));
    } catch (error) {
      this.#missed(error);
    }
    this.#wait();
  }

  /** Looks no more; what the file has ordered so far stands. */
  close(): void {
    this.#closed = true;
    this.#watch.clock.clearTimeout(this.#timer);
  }

  #wait(): void {
    if (this.#closed) return;
    inRootScope(() => {
      this.#timer = this.#watch.clock.setTimeout(() => void this.#look(), this.#pollMs);
    });
  }

  async #look(): Promise<void> {
    try {
      await nodeBuiltin.fs.promises.stat(this.#path);
      if (!this.#isThere) {
        // The file alone is the order: one that cannot be read gives no reason, and is an order too.
        this.#found(await fileHead.read(this.#path, maxReasonBytes).catch(() => undefined));
      }
      this.#failing = undefined;
    } catch (error) {
      this.#missed(error);
    }
    this.#wait();
  }

  #found(head: FileHead | undefined): void {
    if (this.#closed) return;
    this.#isThere = true;
    this.#watch.appeared(head === undefined ? noReason : reasonIn(head.bytes.toString()));
  }

  #missed(error: unknown): void {
    const code = String(attempt(() => (error as NodeJS.ErrnoException).code));
    if (code !== 'ENOENT') {
      if (this.#failing !== code) this.#watch.reporter.contained('killFile', error);
      this.#failing = code;
      return;
    }
    this.#failing = undefined;
    if (!this.#isThere || this.#closed) return;
    this.#isThere = false;
    this.#watch.removed();
  }
}

/** The first line, without what a terminal or a log would take for a command. */
function reasonIn(text: string): string {
  const [line = ''] = text.replace(/^\uFEFF/, '').split(/[\r\n\u2028\u2029]/, 1);
  const plain = line.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim();
  return Array.from(plain).slice(0, maxReasonChars).join('').trimEnd() || noReason;
}
