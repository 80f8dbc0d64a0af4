import { attempt } from '../core/attempt.ts';
import type { AuditEntry } from '../core/contracts/audit-entry.ts';

/** An entry of a trail as a database keeps it. */
export interface EntryRow {
  readonly seq: number;
  readonly entry: string;
}

const words = ['kind', 'rollout', 'actor', 'reason', 'previous', 'hash'] as const;

/** Levels of an entry: far more than are written, and far fewer than an export of it can go down. */
const mostLevels = 1_000;

const isShallow = (value: unknown, levels = mostLevels): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1)));

function isEntry(value: unknown, { seq }: EntryRow): value is AuditEntry {
  const entry = (value ?? {}) as Partial<Record<keyof AuditEntry, unknown>>;
  if (entry.seq !== seq || !Number.isFinite(entry.at)) return false;
  if (typeof (entry.tenant ?? '') !== 'string' || !isShallow(entry)) return false;
  return words.every((name) => typeof entry[name] === 'string');
}

/**
 * What a row holds. Where somebody has made it what is no entry of its place, something stands for it that no verification
 * accepts: whoever read it would go on behind another place, without end where that is a lower one, or not at all.
 */
export function entryOf(row: EntryRow): AuditEntry {
  const value: unknown = attempt(() => JSON.parse(row.entry));
  if (isEntry(value, row)) return value;
  const nothing = { kind: 'unreadable', at: 0, rollout: '-', actor: '-', reason: 'not an entry' };
  return { ...nothing, seq: row.seq, previous: '', hash: '' };
}
