import { type Clock, systemClock } from '../core/clock.ts';
import { InvalidOptionsError } from '../core/errors.ts';
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
  readonly keys?: Readonly<Record<string, KeyScope>>;
  /**
   * How it stores. With `json` all keys have one role and the scope `default`/`default`, there is no audit log and no
   * key management, and parallel learns fail.
   *
   * @default 'database'
   */
  readonly mode?: StorageMode;
  /** Calls a minute; `false` for none. @default the service's own: 60 an address and path, 120 a key */
  readonly rateLimits?: RateLimits | false;
  /** Patterns that a project may hold. @default 8000 */
  readonly quota?: number;
  /** Where it reads time. @default Node's clock */
  readonly clock?: Clock;
  /** The address that `handlers` and `fetch` answer. @default 'https://engramia.test' */
  readonly url?: string;
  /** Recall by nearness: the nearest come back even when nothing is alike. @default false */
  readonly embeddings?: boolean;
}

/** The options without gaps. */
export interface FakeSettings extends Settings {
  readonly url: URL;
  readonly rateLimits: RateLimits | false | undefined;
}

const defaultKeys = {
  'test-key': { tenant: 'default', project: 'default', role: 'editor' },
} as const;

/**
 * Fills the gaps.
 *
 * @throws {InvalidOptionsError} with every value that cannot be used
 */
export function toSettings(options: FakeEngramiaOptions): FakeSettings {
  const { keys = defaultKeys, mode = 'database', quota = 8000 } = options;
  const url = URL.parse(options.url ?? 'https://engramia.test');
  const issues = [...keyIssues(keys, mode)];
  if (url === null) issues.push('url is not a URL');
  if (url !== null && url.pathname !== '/') issues.push('url has a path');
  if (!(quota > 0)) issues.push(`quota must be above 0, not ${quota}`);
  if (url === null || issues.length > 0) throw new InvalidOptionsError('fakeEngramia', issues);
  return {
    keys,
    mode,
    quota,
    url,
    clock: options.clock ?? systemClock,
    embeddings: options.embeddings ?? false,
    rateLimits: options.rateLimits,
  };
}

function keyIssues(keys: Readonly<Record<string, KeyScope>>, mode: StorageMode): string[] {
  const rows: KeyScope[] = Object.values(keys);
  const issues = rows
    .map((row) => row.role ?? 'editor')
    .filter((role) => !roles.includes(role))
    .map((role) => `role must be one of ${roles.join(', ')}, not ${role}`);
  if (mode === 'database') return issues;
  const foreign = rows.find(
    (row) => `${row.tenant}/${row.project ?? 'default'}` !== 'default/default',
  );
  if (foreign !== undefined) issues.push('in mode json every key has the scope default/default');
  if (new Set(rows.map((row) => row.role ?? 'editor')).size > 1) {
    issues.push('in mode json all keys have the same role');
  }
  return issues;
}
