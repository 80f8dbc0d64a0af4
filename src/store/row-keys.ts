import { pairId } from '../core/contracts/pair-id.ts';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { ServedTurns } from '../core/contracts/transcript.ts';
import { fingerprint } from '../core/text/fingerprint.ts';
import { jsonKey, textKey } from './text-key.ts';

/** What tells one row from all others of its kind, as a text that any storage can index. */
export const rowKeys = {
  pair: (pair: PairRecord): string => textKey(pairId(pair)),
  // With its moment, as a pair: one process gives no two exchanges of a conversation the same.
  exchange: ({ tenant, conversation, requestId, at }: ServedTurns): string =>
    jsonKey(JSON.stringify([tenant, conversation, requestId, at])),
  batch: (book: string, id: string): string => jsonKey(JSON.stringify([book, id])),
};

/** Hex digits of a mark: nobody else's by chance. */
const markDigits = 32;

/** What an erasure is noted by: hashes, since the names are what is to be forgotten. Without a conversation: all of them. */
export function erasureMark(
  tenant: string,
  conversation = '',
): [tenant: string, conversation: string] {
  const owner = fingerprint(tenant, markDigits);
  return [owner, conversation && fingerprint(`${owner} ${conversation}`, markDigits)];
}
