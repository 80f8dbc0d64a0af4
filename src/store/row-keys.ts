import { pairId } from '../core/contracts/pair-id.ts';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { ServedTurns } from '../core/contracts/transcript.ts';
import { jsonKey, textKey } from './text-key.ts';

/** What tells one row from all others of its kind, as a text that any storage can index. */
export const rowKeys = {
  pair: (pair: PairRecord): string => textKey(pairId(pair)),
  // With its moment, as a pair: one process gives no two exchanges of a conversation the same.
  exchange: ({ tenant, conversation, requestId, at }: ServedTurns): string =>
    jsonKey(JSON.stringify([tenant, conversation, requestId, at])),
  batch: (book: string, id: string): string => jsonKey(JSON.stringify([book, id])),
};
