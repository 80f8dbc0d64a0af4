import type { PairRecord } from '../core/pair-record.ts';

/** What a store tells pairs apart by: `requestId` alone may be counted from 1 in each process. */
export const pairId = ({ kind, tenant, route, requestId, at }: PairRecord): string =>
  `${kind} ${at} ${tenant.length} ${route.length} ${tenant}${route}${requestId}`;
