import { attempt } from '../core/attempt.ts';

/** What canonical JSON refuses was edited: it is handed out as it is, for verification to find. */
export function orAsItIs(canonical: () => string, value: unknown): string {
  return attempt(canonical) ?? JSON.stringify(value);
}
