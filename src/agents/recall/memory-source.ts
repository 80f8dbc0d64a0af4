import type { EngramiaClient } from '../../engramia/client.ts';
import type { ScopeSource } from '../../engramia/learning/scope-source.ts';

/** Where to recall from and learn to: the scope of one key, or the scope of the tenant that the run is for. */
export type MemorySource = EngramiaClient | ScopeSource;

/** The client to use; undefined where the tenant is not known, or has no key. */
export function clientFor(
  source: MemorySource,
  tenant: string | undefined,
): EngramiaClient | undefined | Promise<EngramiaClient | undefined> {
  if (!('clientOf' in source)) return source;
  return tenant === undefined || tenant === '' ? undefined : source.clientOf(tenant);
}

/** Whether a value can be asked as a memory. */
export function isMemorySource(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { clientOf, recall } = value as { clientOf?: unknown; recall?: unknown };
  return typeof clientOf === 'function' || typeof recall === 'function';
}
