import {
  check,
  issuesOf,
  type OptionChecks,
  oneOf,
  orFalse,
  refuse,
  required,
} from '../core/option-checks.ts';
import { type Clock, systemClock } from '../core/time/clock.ts';
import type { KeyScope } from './engine/key-ring.ts';
import type { RateLimits } from './engine/rate-limits.ts';
import { roles } from './engine/roles.ts';
import type { Settings, StorageMode } from './engine/state.ts';

/** How the fake service is set up. */
export interface FakeEngramiaOptions {
  /**
   * What each key opens. A key is one scope: tenant and project.
   *
   * @default `{ 'test-key': { tenant: 'default', project: 'default', role: 'editor' } }`
   */
  readonly keys?: Readonly<Record<string, KeyScope>> | undefined;
  /**
   * How it stores. With `json` all keys have one role and the scope `default`/`default`, there is no audit log and no
   * key management, and parallel learns fail.
   *
   * @default 'database'
   */
  readonly mode?: StorageMode | undefined;
  /** Calls a minute; `false` for none. @default the service's own: 60 an address and path, 120 a key */
  readonly rateLimits?: RateLimits | false | undefined;
  /** Patterns that a project may hold. @default 8_000 */
  readonly quota?: number | undefined;
  /** Where it reads time. @default Node's clock */
  readonly clock?: Clock | undefined;
  /** The address that `handlers` and `fetch` answer. @default 'https://engramia.test' */
  readonly url?: string | undefined;
  /** Recall by nearness: the nearest come back even when nothing is alike. @default false */
  readonly embeddings?: boolean | undefined;
}

/** The options without gaps. */
export interface FakeSettings extends Settings {
  readonly url: URL;
  readonly rateLimits: RateLimits | false | undefined;
}

const defaultUrl = 'https://engramia.test';

const defaultKeys = {
  'test-key': { tenant: 'default', project: 'default', role: 'editor' },
} as const;

const calls = {
  test: (value: unknown) => typeof value === 'number' && value >= 0,
  must: 'be a number from 0',
};

const checks: OptionChecks = {
  keys: check.object,
  mode: oneOf('database', 'json'),
  rateLimits: orFalse(check.object),
  quota: { test: (value) => typeof value === 'number' && value > 0, must: 'be a number above 0' },
  clock: check.clock,
  url: check.text,
  embeddings: check.boolean,
};

const limitChecks = { perAddressPath: calls, perAddressCostlyPath: calls, perKey: calls };

const keyChecks = { tenant: required(check.text), project: check.text, role: oneOf(...roles) };

/**
 * Fills the gaps.
 *
 * @throws InvalidOptionsError with every value that cannot be used
 */
export function toSettings(options: FakeEngramiaOptions): FakeSettings {
  refuse('fakeEngramia()', issuesIn(options));
  const { keys = defaultKeys, mode = 'database', quota = 8000, rateLimits } = options;
  return {
    keys,
    mode,
    quota,
    url: new URL(options.url ?? defaultUrl),
    clock: options.clock ?? systemClock,
    embeddings: options.embeddings ?? false,
    rateLimits,
  };
}

function issuesIn(options: FakeEngramiaOptions): string[] {
  const shape = issuesOf(options, checks);
  // What is no object at all has no more to be asked.
  const { keys, mode = 'database', rateLimits, url } = Object(options) as FakeEngramiaOptions;
  return [
    ...(check.object.test(keys) ? keyIssues(keys ?? {}, mode) : []),
    ...(check.object.test(rateLimits) ? issuesOf(rateLimits, limitChecks, 'rateLimits.') : []),
    ...(check.text.test(url) ? urlIssues(url ?? '') : []),
    ...shape,
  ];
}

function urlIssues(given: string): string[] {
  const url = URL.parse(given);
  if (url === null) return ['url is not a URL'];
  if (!/^https?:$/.test(url.protocol)) return ['url must begin with https:// or http://'];
  return url.href === `${url.origin}/` ? [] : ['url must be scheme, host and port alone'];
}

function keyIssues(keys: Readonly<Record<string, KeyScope>>, mode: StorageMode): string[] {
  // Numbered, as a key is not to be told.
  const issues = Object.values(keys).flatMap((scope, at) =>
    check.object.test(scope)
      ? issuesOf(scope, keyChecks, `key ${at + 1}: `)
      : [`key ${at + 1} must be an object with a tenant`],
  );
  if (mode !== 'json') return issues;
  const scopes: readonly (KeyScope | null)[] = Object.values(keys);
  const foreign = scopes.find(
    (scope) => `${scope?.tenant}/${scope?.project ?? 'default'}` !== 'default/default',
  );
  if (foreign !== undefined) issues.push('in mode json every key has the scope default/default');
  if (new Set(scopes.map((scope) => scope?.role ?? 'editor')).size > 1) {
    issues.push('in mode json all keys have the same role');
  }
  return issues;
}
