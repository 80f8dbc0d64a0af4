import { experimentAsync } from 'tzientist';
import type { BenchCase } from '../measure.ts';
import { candidate, legacy } from './legs.ts';

/** Both legs on the caller's path, in parallel, results published to nobody. */
export function tzientistExperiment(): BenchCase {
  const call = experimentAsync({
    name: 'chat',
    control: legacy,
    candidate: (user: string, message: string) => candidate(undefined, user, message),
    options: { publish: () => undefined },
  });
  return { call, batches: 40 };
}
