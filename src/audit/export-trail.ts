import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { orAsItIs } from './as-it-is.ts';
import { lineOf } from './chain-entry.ts';
import { csvColumns, toCsvRecord } from './csv-record.ts';
import { refuseUnlisted } from './unlisted.ts';

/** Entries of a trail, in order. */
export type TrailEntries = Iterable<AuditEntry> | AsyncIterable<AuditEntry>;

/** A trail as JSONL, as `verifyTrail` reads it: a line an entry, canonical JSON. */
export async function* exportJsonl(entries: TrailEntries): AsyncGenerator<string, void, undefined> {
  refuseUnlisted('exportJsonl()', 'entries', entries);
  for await (const entry of entries) {
    yield `${orAsItIs(() => lineOf(entry), entry)}\n`;
  }
}

/**
 * A trail as CSV by RFC 4180, with a line of names. A text that a spreadsheet would take for a formula begins with an
 * apostrophe there; `importCsv` takes it away again.
 */
export async function* exportCsv(entries: TrailEntries): AsyncGenerator<string, void, undefined> {
  refuseUnlisted('exportCsv()', 'entries', entries);
  yield `${csvColumns.join(',')}\r\n`;
  for await (const entry of entries) yield toCsvRecord(entry);
}
