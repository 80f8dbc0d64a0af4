import { EngramiaCallError } from './call-error.ts';
import type { Caller, CallerIdentity } from './caller.ts';

type CreateCaller = (identity: CallerIdentity) => Caller;

let loaded: CreateCaller | undefined;
let loading: Promise<CreateCaller> | undefined;

/**
 * Loads what calls are made with, once: zod is two thirds of what importing the package would cost, and an app that makes
 * no client needs none of it. Rejects with ERR_ENGRAMIA_CONFIG.
 */
export function loadCaller(): Promise<CreateCaller> {
  loading ??= import('./caller.ts').then(
    ({ createCaller }) => {
      loaded = createCaller;
      return createCaller;
    },
    (cause: unknown) => {
      loading = undefined; // the next call tries again
      const message = 'Request not sent: a part of the package could not be loaded.';
      throw new EngramiaCallError('ERR_ENGRAMIA_CONFIG', message, { sent: false, cause });
    },
  );
  return loading;
}

/** A caller that waits for its code with the first calls; later ones start at once. */
export function createLazyCaller(identity: CallerIdentity): Caller {
  let caller = loaded?.(identity);
  const begin: Caller = async (operation, input, options) => {
    caller ??= (await loadCaller())(identity);
    return caller(operation, input, options);
  };
  return (operation, input, options) => (caller ?? begin)(operation, input, options);
}
