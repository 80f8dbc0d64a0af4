import type { FetchLike } from './transport.ts';

/** What a failed `fetch` has as its cause. */
interface Cause {
  readonly message?: unknown;
  readonly code?: unknown;
}

/** Whether undici would have needed a copy of the request: for a redirect, and to ask once more after a 421. Nothing was done with it. */
function lacksCopy(thrown: unknown): boolean {
  const { cause } = (thrown ?? {}) as { readonly cause?: Cause | null };
  return (
    cause?.message === 'unexpected redirect' ||
    cause?.code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'
  );
}

/**
 * The same `fetch` for less, where it is undici's. That copies each request and splits the stream of its body in two, a sixth of what
 * a call costs, unless it may take a redirect for an error. Who has answered is asked so; what then lacks the copy is sent again with
 * one.
 */
export function sparingFetch(fetch: FetchLike): FetchLike {
  // Others may not know how to take a redirect for an error, or have other words for it.
  if (process.versions.undici === undefined) return fetch;
  let hasAnswered = false;
  return async (input, init) => {
    if (hasAnswered) {
      try {
        return await fetch(input, { ...init, redirect: 'error' });
      } catch (thrown) {
        hasAnswered = false;
        if (!lacksCopy(thrown)) throw thrown;
      }
    }
    const response = await fetch(input, init);
    hasAnswered = response.ok;
    return response;
  };
}
