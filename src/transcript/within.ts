import { CutoverError } from '../core/errors.ts';
import type { Clock } from '../core/time/clock.ts';

/**
 * What was promised, if it comes in time; whoever promised it goes on, unheard.
 *
 * @throws CutoverError `ERR_CUTOVER_DEADLINE` when it is late
 */
export async function within<T>(
  promised: PromiseLike<T>,
  ms: number,
  clock: Clock,
  what: string,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.setTimeout(
    () => late.reject(new CutoverError('ERR_CUTOVER_DEADLINE', `${what} took over ${ms} ms.`)),
    ms,
  );
  try {
    return await Promise.race([promised, late.promise]);
  } finally {
    clock.clearTimeout(timer);
  }
}
