import type { Exchange } from './contracts/exchange.ts';
import type { Lesson } from './contracts/learner.ts';
import { fingerprint } from './text/fingerprint.ts';

/** 160 bits: no two exchanges share a key by chance. */
const digits = 40;

/** What of an exchange is in the key of its lesson. */
export type LessonOrigin = Pick<Exchange, 'tenant' | 'route' | 'requestId'>;

/**
 * The key of an exchange in a scope: always the same for the same exchange, so that sending it again stores nothing
 * twice, and never that of another tenant's.
 */
export function lessonKey(
  scope: string,
  { tenant, route, requestId }: LessonOrigin,
  { task, code }: Pick<Lesson, 'task' | 'code'>,
): string {
  const parts = [scope, tenant, route, requestId, task, code];
  return `patterns/cutover_${fingerprint(JSON.stringify(parts), digits)}`;
}

const chosenByService = /^patterns\/[0-9a-f]{8}_([0-9]{13})_/u;

/** When the service has stored a pattern under a key of its own choice, by its clock; undefined: the key does not tell. */
export function storedAt(key: string): number | undefined {
  const ms = chosenByService.exec(key)?.[1];
  return ms === undefined ? undefined : Number(ms);
}
