import type { Exchange } from '../core/exchange.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Lesson } from '../core/learner.ts';

/** Digits of the task's hash with which the service begins the keys that it chooses itself. */
const taskDigits = 8;

/** 160 bits: no two exchanges share a key by chance. */
const exchangeDigits = 40;

/**
 * The key of an exchange in a scope: always the same for the same exchange, so that sending it again stores nothing
 * twice, and never that of another tenant's.
 */
export function lessonKey(scope: string, exchange: Exchange, { task, code }: Lesson): string {
  const { tenant, route, requestId } = exchange;
  const own = fingerprint(
    JSON.stringify([scope, tenant, route, requestId, task, code]),
    exchangeDigits,
  );
  return `patterns/${fingerprint(task, taskDigits)}_${own}`;
}
