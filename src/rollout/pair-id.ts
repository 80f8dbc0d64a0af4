import type { PairRecord } from '../core/pair-record.ts';

/** The exchange that a pair is of, as far as its names tell: both kinds of pairs have it. */
export const exchangeId = ({ tenant, route, requestId }: PairRecord): string =>
  `${tenant.length} ${route.length} ${tenant}${route}${requestId}`;

/** What a store tells pairs apart by: `requestId` alone may be counted from 1 in each process. */
export const pairId = (pair: PairRecord): string => `${pair.kind} ${pair.at} ${exchangeId(pair)}`;
