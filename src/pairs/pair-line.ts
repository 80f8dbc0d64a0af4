import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { MissedPairs } from '../core/contracts/pair-sink.ts';

// Text that comes from outside goes through `JSON.stringify` alone: no line break of it can end a line.
const joined = (head: string, record: PairRecord | MissedPairs): string =>
  head + JSON.stringify(record).slice(1);

/** Marks lines with words in a way that is found without parsing; the moment until which they may be kept follows. */
const wordedHead = '{"type":"pair","textUntil":';

/** A pair without words as a line. */
export const toPairLine = (pair: PairRecord): string => joined('{"type":"pair",', pair);

/** A pair with words as a line; `until` is in milliseconds since the epoch. */
export const toWordedLine = (pair: PairRecord, until: number): string =>
  joined(`${wordedHead}${Math.floor(until)},`, pair);

/** Misses as a line. */
export const toMissLine = (misses: MissedPairs): string => joined('{"type":"missed",', misses);

/** Until when a line's words may be kept; undefined for lines that have none. */
export function wordsUntil(line: string): number | undefined {
  return line.startsWith(wordedHead) ? Number.parseFloat(line.slice(wordedHead.length)) : undefined;
}
