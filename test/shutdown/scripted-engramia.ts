import { createEngramiaClient, oneScope, type ScopeSource } from 'engramia-cutover';

/** A service in this process whose answers wait for the test. */
export interface ScriptedEngramia {
  readonly engramia: ScopeSource;
  /** Lessons that have arrived. */
  readonly arrived: () => number;
  /** Requests that were given up by the client. */
  readonly givenUp: () => number;
  /** Resolves when the first lesson has arrived. */
  readonly asked: Promise<void>;
  /** Answers what waits, and whatever comes. */
  readonly open: () => void;
}

/** Makes a service that takes every lesson and answers none until it is opened. */
export function scriptedEngramia(): ScriptedEngramia {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let arrived = 0;
  let givenUp = 0;
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    apiKey: 'key',
    pacing: false,
    timeoutMs: 3_600_000,
    fetch: async (_input, init) => {
      arrived += 1;
      asked.resolve();
      const aborted = Promise.withResolvers<never>();
      init?.signal?.addEventListener('abort', () => {
        givenUp += 1;
        aborted.reject(new DOMException('The request was given up.', 'AbortError'));
      });
      await Promise.race([gate.promise, aborted.promise]);
      return Response.json({ stored: true, pattern_count: arrived });
    },
  });
  return {
    engramia: oneScope(client),
    arrived: () => arrived,
    givenUp: () => givenUp,
    asked: asked.promise,
    open: gate.resolve,
  };
}
