import { createEngramiaClient, type EngramiaClient } from 'engramia-cutover';
import {
  type FakeEngramia,
  type FakeEngramiaOptions,
  fakeEngramia,
} from 'engramia-cutover/testing';

/** A service in this process with a client of its first key. */
export interface Memory extends AsyncDisposable {
  readonly fake: FakeEngramia;
  readonly client: EngramiaClient;
  /** How often it was asked for patterns. */
  readonly recalls: () => number;
}

/** Starts a service that knows what it was taught. */
export async function memoryOf(
  taught: readonly (readonly [task: string, code: string])[] = [],
  options: FakeEngramiaOptions = {},
): Promise<Memory> {
  const fake = await fakeEngramia({ embeddings: true, rateLimits: false, ...options });
  const client = createEngramiaClient({
    baseUrl: fake.url,
    apiKey: fake.key,
    fetch: fake.fetch,
    pacing: false,
  });
  for (const [task, code] of taught) await client.learn({ task, code, evalScore: 7 });
  return {
    fake,
    client,
    recalls: () => fake.requests.filter(({ path }) => path === '/v1/recall').length,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}
