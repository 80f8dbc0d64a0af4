import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, processWarnings } from '../../core/events/logger.ts';
import { check, having, issuesOf, refuse, required } from '../../core/option-checks.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import type { FlagProvider } from '../provider.ts';
import { FlagFileProvider } from './flag-file-provider.ts';

/** How a flag file is followed. */
export interface FileFlagsOptions {
  /** Milliseconds between two looks at the file, whatever the watch has told. @default 5_000 */
  pollMs?: number | undefined;
  /** Whether changes are also heard of by watching the file's directory. @default true */
  watch?: boolean | undefined;
  /** Milliseconds from a change to the look at it, and between two looks at a file that seems broken. @default 100 */
  settleMs?: number | undefined;
  /** Bytes that the file may have. @default 1_048_576 */
  maxBytes?: number | undefined;
  /** Where a broken file and its recovery are told, once each. @default `process.emitWarning` */
  logger?: Logger | undefined;
  /** A seam for tests. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
}

/** Stages from a file that is followed while it changes. */
export interface FileFlags extends FlagProvider {
  /** Looks at the file now, on a signal of the operator say; resolves when what it says holds. Never rejects. */
  reload(): Promise<void>;
}

const pathCheck = {
  path: required({
    test: (value) => check.text.test(value) || (value instanceof URL && value.protocol === 'file:'),
    must: 'be a path that is not empty, or a file: URL',
  }),
};
const checks = {
  pollMs: check.milliseconds,
  watch: check.boolean,
  settleMs: check.milliseconds,
  maxBytes: check.count,
  logger: having('warn'),
  clock: check.clock,
};

/**
 * Flags from a JSON file, followed while it changes. It is read for the first time when the cutover is made; from then
 * on the last good content holds, whatever becomes of the file.
 *
 * @example
 * const flags = fileFlags('/etc/cutover/flags.json');
 * // { "version": 1, "stage": "shadow", "tenants": { "acme": "live" } }
 * @throws InvalidOptionsError naming everything that is wrong with the options.
 */
export function fileFlags(path: string | URL, options: FileFlagsOptions = {}): FileFlags {
  refuse('fileFlags()', [...issuesOf({ path }, pathCheck), ...issuesOf(options, checks)]);
  const { pollMs = 5_000, watch = true, settleMs = 100, maxBytes = 2 ** 20 } = options;
  const { logger = processWarnings, clock = systemClock } = options;
  return new FlagFileProvider({
    // The working directory may change.
    path: resolve(path instanceof URL ? fileURLToPath(path) : path),
    pollMs,
    watch,
    settleMs,
    maxBytes,
    logger,
    clock,
  });
}
