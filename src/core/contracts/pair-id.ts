import type { PairRecord } from './pair-record.ts';

/** The exchange that a pair is of, as far as its names tell: both kinds of pairs have it. */
export const exchangeId = ({ tenant, route, requestId }: PairRecord): string =>
  `${tenant.length} ${route.length} ${tenant}${route}${requestId}`;

/** What a pair is told apart by from all others: an app may name its calls by what its server counts, from 1 in each process. */
export const pairId = (pair: PairRecord): string => `${pair.kind} ${pair.at} ${exchangeId(pair)}`;
