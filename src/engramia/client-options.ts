import { givenOptions } from '../core/given-options.ts';
import {
  check,
  having,
  issuesOf,
  type OptionCheck,
  orFalse,
  refuse,
} from '../core/option-checks.ts';
import { type Clock, systemClock } from '../core/time/clock.ts';
import { apiKeyIssue } from './api-key.ts';
import { baseUrlIssues } from './base-url.ts';
import type { PacingLimits } from './pacer.ts';
import type { FetchLike, PoolOptions } from './transport.ts';

/** A rule for an option that must be a client. Its options in its place are an object as well. */
export const clientWith = (method: string): OptionCheck => ({
  test: having(method).test,
  must: `be an object with ${method}(), as createEngramiaClient() makes one`,
});

/** Options of `createEngramiaClient`. */
export interface EngramiaClientOptions {
  /** The service's address: https, or http on this machine. @default environment variable ENGRAMIA_API_URL */
  baseUrl?: string | URL | undefined;
  /**
   * The key, which decides tenant and project. Without one the client serves only as the base of `keyPerTenant`.
   * @default environment variable ENGRAMIA_API_KEY
   */
  apiKey?: string | undefined;
  /** Milliseconds a call may take, headers and body together. @default 10_000 */
  timeoutMs?: number | undefined;
  /** Bytes an answer may have, unpacked. @default 8 MiB */
  maxResponseBytes?: number | undefined;
  /** Bytes the answer of `export` may have: it is the whole store. @default 256 MiB */
  maxExportBytes?: number | undefined;
  /**
   * Replaces the HTTP function; `pool` is not used then. It has to honour `redirect: 'manual'`.
   * @default `globalThis.fetch`, looked up at every call
   */
  fetch?: FetchLike | undefined;
  /** An own connection pool. @default Node's shared one */
  pool?: PoolOptions | undefined;
  /** Calls a minute that the client allows itself; `false`: no limits of its own. */
  pacing?: Partial<PacingLimits> | false | undefined;
  /** Where time is read and timers are set. @default Node's */
  clock?: Clock | undefined;
}

/** The options without gaps. */
export interface ClientSettings {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly maxExportBytes: number;
  readonly fetch: FetchLike | undefined;
  readonly pool: PoolOptions | undefined;
  readonly pacing: PacingLimits | false;
  readonly clock: Clock;
}

const defaults = {
  timeoutMs: 10_000,
  maxResponseBytes: 8 * 1024 * 1024,
  maxExportBytes: 256 * 1024 * 1024,
  pacing: { learnsPerMinute: 50, recallsPerMinute: 50, callsPerMinutePerKey: 100 },
};

// Address and key have checks of their own: an address may hold a password, and a key is never shown.
const own = { test: () => true, must: '' };

const checks = {
  baseUrl: own,
  apiKey: own,
  timeoutMs: check.milliseconds,
  maxResponseBytes: check.count,
  maxExportBytes: check.count,
  fetch: check.function,
  pool: {
    connections: check.count,
    keepAliveMs: check.milliseconds,
    connectTimeoutMs: check.milliseconds,
  },
  pacing: orFalse(check.object),
  clock: check.clock,
};

const pacingChecks = {
  learnsPerMinute: check.count,
  recallsPerMinute: check.count,
  callsPerMinutePerKey: check.count,
};

// An empty variable is how containers say "not set".
const fromEnvironment = (name: string): string | undefined => process.env[name] || undefined;

function pacingIssues(pacing: unknown): string[] {
  return typeof pacing === 'object' && pacing !== null
    ? issuesOf(pacing, pacingChecks, 'pacing.')
    : [];
}

/** Checks the options, all issues at once, and fills their gaps. */
export function toClientSettings(options: EngramiaClientOptions): {
  settings: ClientSettings;
  apiKey: string | undefined;
} {
  const shape = issuesOf(options, checks);
  const read: EngramiaClientOptions = typeof options === 'object' && options ? options : {};
  const baseUrl: unknown = read.baseUrl ?? fromEnvironment('ENGRAMIA_API_URL');
  const apiKey = read.apiKey ?? fromEnvironment('ENGRAMIA_API_KEY');
  const keyIssue = apiKey === undefined ? undefined : apiKeyIssue(apiKey);
  refuse('createEngramiaClient()', [
    ...baseUrlIssues(baseUrl),
    ...(keyIssue === undefined ? [] : [keyIssue]),
    ...shape,
    ...pacingIssues(read.pacing),
  ]);
  const { timeoutMs, maxResponseBytes, maxExportBytes } = { ...defaults, ...givenOptions(read) };
  const settings = {
    baseUrl: String(new URL(String(baseUrl))).replace(/\/+$/, ''),
    timeoutMs,
    maxResponseBytes,
    maxExportBytes,
    fetch: read.fetch,
    pool: read.pool,
    pacing: read.pacing !== false && { ...defaults.pacing, ...givenOptions(read.pacing) },
    clock: read.clock ?? systemClock,
  };
  return { settings, apiKey };
}
