import type { Subject } from '../core/subject.ts';
import { userOf } from './evaluation-context.ts';

/**
 * Names everything that an answer may depend on, so that no choice of tenant, user and attributes reads like another
 * one: a tenant alone is its own key, anything else starts with NUL and the tenant's length, and JSON holds no bare NUL.
 * Throws where attributes cannot be written down, such as those that hold themselves.
 */
export function decisionKey(tenant: string, subject: Subject): string {
  const user = userOf(subject);
  const { attributes } = subject;
  if (attributes === undefined) {
    if (user === undefined && tenant.charCodeAt(0) !== 0) return tenant;
    return `\0${tenant.length}:${tenant}\0${user ?? ''}`;
  }
  return `\0${tenant.length}:${tenant}${JSON.stringify(attributes)}\0${user ?? ''}`;
}
