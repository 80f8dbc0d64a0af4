import { networkFailure } from './calls/network-error.ts';
import type { FetchLike } from './transport.ts';

/** A service that had answered before has answered with a redirect, whose status the HTTP function does not tell then. */
export class UnexpectedRedirect extends Error {}

/** How a failed `fetch` tells why: undici and most others by a cause, some by a text in its place, some by their own message. */
interface Failure {
  readonly message?: unknown;
  readonly cause?: { readonly message?: unknown } | string | null;
}

function tellsOfRedirect(thrown: unknown): boolean {
  const { message, cause } = (thrown ?? {}) as Failure;
  const why = typeof cause === 'string' ? cause : cause?.message;
  return [message, why].some((text) => typeof text === 'string' && /redirect/i.test(text));
}

/**
 * The same `fetch` for less. Node's copies each request and splits the stream of its body in two, a sixth of what a call costs,
 * unless it may take a redirect for an error. Who has answered well is asked so, until a call fails.
 */
export function sparingFetch(fetch: FetchLike): FetchLike {
  // Not all other engines know that a redirect may be an error.
  if (process.versions.undici === undefined) return fetch;
  let hasAnswered = false;
  return async (input, init) => {
    if (!hasAnswered) {
      const response = await fetch(input, init);
      hasAnswered = response.ok;
      return response;
    }
    try {
      return await fetch(input, { ...init, redirect: 'error' });
    } catch (thrown) {
      hasAnswered = false;
      // A host may have the word in its name.
      const isRedirect = networkFailure(thrown).code === undefined && tellsOfRedirect(thrown);
      // Not sent again to be told the status: what redirects may have worked on it before.
      throw isRedirect ? new UnexpectedRedirect() : thrown;
    }
  };
}
