import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { CsvParser } from './csv-parser.ts';
import { csvColumns, fromCsvRecord } from './csv-record.ts';
import { refuseUnlisted } from './unlisted.ts';

const isHeader = (record: readonly string[]): boolean =>
  record.join() === csvColumns.join() || record.join() === `\ufeff${csvColumns.join()}`;

/**
 * The entries of a CSV export, for `verifyTrail`. Nothing is believed: a record that holds no entry is handed on as one that
 * no verification accepts.
 */
export async function* importCsv(
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): AsyncGenerator<AuditEntry, void, undefined> {
  refuseUnlisted('importCsv()', 'pieces', pieces);
  const parser = new CsvParser();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let first = true;
  const entriesOf = function* (records: Iterable<readonly string[]>): Generator<AuditEntry> {
    for (const record of records) {
      if (!(first && isHeader(record))) yield fromCsvRecord(record) ?? unreadable;
      first = false;
    }
  };
  for await (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    yield* entriesOf(parser.take(text));
  }
  // Throws where the last bytes are the beginning of a letter: what is not text was not exported.
  yield* entriesOf(parser.take(decoder.decode()));
  const rest = parser.rest();
  if (rest !== undefined) yield* entriesOf([rest]);
}

/** Stands for what is no entry: its hash is nobody's. */
const unreadable: AuditEntry = Object.freeze({
  kind: 'unreadable',
  at: 0,
  rollout: '-',
  actor: '-',
  reason: 'not an entry',
  seq: 0,
  previous: '',
  hash: '',
});
