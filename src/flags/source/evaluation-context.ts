import type { Subject } from '../../core/call/subject.ts';
import type { EvaluationContext } from '../provider.ts';

/** What a provider targets: the tenant, or the user and without one the tenant. */
export type TargetingUnit = 'tenant' | 'user';

/** The user, if there is one: like a tenant, only a non-empty string is one. */
export function userOf({ user }: Subject | EvaluationContext): string | undefined {
  return typeof user === 'string' && user !== '' ? user : undefined;
}

/**
 * The context of a call. Attributes of the app never take the place of the tenant or the user; with targeting by user
 * the tenant is an attribute.
 */
export function evaluationContext(
  tenant: string,
  subject: Subject,
  unit: TargetingUnit,
): EvaluationContext {
  const user = userOf(subject);
  // Apps in plain JavaScript say `null` as well.
  const attributes = subject.attributes ?? undefined;
  // What most calls are, without a spread.
  if (attributes === undefined && unit === 'tenant') {
    return user === undefined ? { targetingKey: tenant } : { targetingKey: tenant, user };
  }
  const identity =
    unit === 'tenant' ? { targetingKey: tenant } : { targetingKey: user ?? tenant, tenant };
  if (attributes === undefined) return user === undefined ? identity : { ...identity, user };
  // Taken out first: an attribute of that name is no user.
  const { user: _ignored, ...others } = attributes;
  return user === undefined ? { ...others, ...identity } : { ...others, ...identity, user };
}
