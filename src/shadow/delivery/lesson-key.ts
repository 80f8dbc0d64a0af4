import type { Exchange } from '../../core/contracts/exchange.ts';
import type { Lesson } from '../../core/contracts/learner.ts';
import { fingerprint } from '../../core/text/fingerprint.ts';

/** 160 bits: no two exchanges share a key by chance. */
const digits = 40;

/**
 * The key of an exchange in a scope: always the same for the same exchange, so that sending it again stores nothing
 * twice, and never that of another tenant's.
 */
export function lessonKey(scope: string, exchange: Exchange, { task, code }: Lesson): string {
  const { tenant, route, requestId } = exchange;
  const parts = [scope, tenant, route, requestId, task, code];
  return `patterns/cutover_${fingerprint(JSON.stringify(parts), digits)}`;
}
