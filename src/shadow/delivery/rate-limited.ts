import { isEngramiaError } from '../../core/errors.ts';

/**
 * Whether the service has counted too many calls on a path. It is left alone until its next minute then, so whoever is sent
 * again adds no call: giving it up would only send another one in its place.
 */
export function isRateLimited(error: unknown): boolean {
  return isEngramiaError(error) && error.errorCode === 'RATE_LIMITED';
}
