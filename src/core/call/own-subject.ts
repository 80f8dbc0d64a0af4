import { attempt } from '../attempt.ts';
import { CutoverError } from '../errors.ts';
import type { Subject } from './subject.ts';

/**
 * The subject of an exchange, looked at later than in its call: an app that uses one object for all of its calls has changed it
 * meanwhile, and one tenant's task must not become another's.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when it names another tenant by now
 */
export function ownSubject(exchange: {
  readonly subject: Subject;
  readonly tenant: string;
}): Subject {
  const { subject, tenant } = exchange;
  const named: unknown = attempt(() => subject.tenant);
  if (typeof named !== 'string' || named === tenant) return subject;
  throw new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    'The subject names another tenant than when its call was identified: `identify` must give each call an object of its own.',
  );
}
