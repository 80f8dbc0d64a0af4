import type { AuditEntry, AuditFact } from '../core/contracts/audit-entry.ts';

const isHash = (value: unknown): boolean =>
  typeof value === 'string' && value.length === 64 && /^[0-9a-f]+$/.test(value);

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';

const fieldNames: ReadonlySet<string> = new Set<keyof AuditEntry>([
  'actor',
  'after',
  'at',
  'before',
  'evidence',
  'hash',
  'kind',
  'previous',
  'reason',
  'rollout',
  'seq',
  'tenant',
]);

/** The first field of a fact that is not what it must be. Written out: it is run for each entry, made or verified. */
export function wrongFactField(fact: AuditFact): keyof AuditFact | undefined {
  if (!isName(fact.kind)) return 'kind';
  if (!Number.isFinite(fact.at)) return 'at';
  if (!isName(fact.rollout)) return 'rollout';
  if (!isName(fact.actor)) return 'actor';
  if (typeof fact.reason !== 'string') return 'reason';
  return fact.tenant === undefined || isName(fact.tenant) ? undefined : 'tenant';
}

/** Whether a value has every field of an entry and no other. Says nothing about its hash. */
export function isAuditEntry(value: unknown): value is AuditEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as AuditEntry;
  if (wrongFactField(entry) !== undefined) return false;
  if (!Number.isSafeInteger(entry.seq) || entry.seq < 0) return false;
  if (!isHash(entry.previous) || !isHash(entry.hash)) return false;
  for (const name of Object.keys(entry)) {
    if (!fieldNames.has(name)) return false;
  }
  return true;
}
