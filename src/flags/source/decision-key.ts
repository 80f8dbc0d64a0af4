import type { Subject } from '../../core/call/subject.ts';
import { userOf } from './evaluation-context.ts';

/** What no tenant's name holds in practice. */
export const NUL = '\0';

/**
 * Names everything that an answer may depend on, so that no choice of tenant, user and attributes reads like another
 * one. A tenant without NUL, as all are in practice, ends at the first NUL; the general form starts with NUL and says
 * where the tenant ends, and JSON holds no bare NUL. Throws where attributes cannot be written down, such as those that
 * hold themselves.
 */
export function decisionKey(tenant: string, subject: Subject): string {
  const user = userOf(subject);
  const { attributes } = subject;
  if (attributes === undefined && tenant !== '' && !tenant.includes(NUL)) {
    return user === undefined ? tenant : tenant + NUL + user;
  }
  const facts = attributes === undefined ? '' : JSON.stringify(attributes);
  return `${NUL}${tenant.length}:${tenant}${facts}${NUL}${user ?? ''}`;
}
