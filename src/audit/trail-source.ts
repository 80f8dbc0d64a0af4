import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { nodeBuiltin } from '../core/node-builtin.ts';
import { nextTurn } from '../core/pieces.ts';
import { LineSplitter } from './line-splitter.ts';
import { type Reading, readEntry } from './trail-reading.ts';

/**
 * Where a trail is: the path or `file:` URL of a JSONL file, entries, or the bytes of such a file in pieces of any size (a
 * stream).
 */
export type TrailSource =
  | string
  | URL
  | Iterable<AuditEntry | Uint8Array>
  | AsyncIterable<AuditEntry | Uint8Array>;

/** Readings after which others get their turn of the event loop: about a millisecond. What is in memory comes without any. */
const readInTurn = 200;

/** Readings one after the other, and in the end how many bytes follow the last whole line. */
export async function* readingsOf(source: TrailSource): AsyncGenerator<Reading, number> {
  const isFile = typeof source === 'string' || source instanceof URL;
  const pieces = isFile ? nodeBuiltin.fs.createReadStream(source) : source;
  const lines = new LineSplitter();
  let [entries, read] = [0, 0];
  const taken = (piece: unknown): Iterable<Reading> => {
    if (piece instanceof Uint8Array) return lines.take(piece);
    entries += 1;
    return [readEntry(piece, entries)];
  };
  for await (const piece of pieces as AsyncIterable<unknown>) {
    // Not `yield*`, which waits for each of them once more.
    for (const reading of taken(piece)) {
      yield reading;
      read += 1;
      if (read % readInTurn === 0) await nextTurn();
    }
  }
  yield* lines.end();
  return lines.cutBytes;
}
