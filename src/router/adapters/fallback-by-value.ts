import { isFailureByDefault } from '../replies/value-view.ts';
import type { FallbackOptions } from '../route/route-options.ts';

/** Rules of the app that see what the candidate returned, and not what became of it on its way. */
export function fallbackByValue(
  { when, isFailure = isFailureByDefault, ...rest }: FallbackOptions,
  returned: (reply: unknown) => unknown,
): FallbackOptions {
  return {
    ...rest,
    ...(when !== undefined && {
      when: typeof when === 'function' ? (reason, call) => when(returned(reason), call) : when,
    }),
    isFailure: (reply) => isFailure(returned(reply)),
  };
}
