import type { PairRecord } from '../core/pair-record.ts';
import type { ServedTurns } from '../core/transcript.ts';
import { jsonKey } from './text-key.ts';

/** What tells one row from all others of its kind, as a text that any storage can index. */
export const rowKeys = {
  // The moment, too: apps name their calls by what their server counts, from 1 in each process and after each start.
  pair: ({ kind, tenant, route, requestId, at }: PairRecord): string =>
    jsonKey(JSON.stringify([kind, tenant, route, requestId, at])),
  exchange: ({ tenant, conversation, requestId }: ServedTurns): string =>
    jsonKey(JSON.stringify([tenant, conversation, requestId])),
  batch: (book: string, id: string): string => jsonKey(JSON.stringify([book, id])),
};
