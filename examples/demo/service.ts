import { createEngramiaClient, keyPerTenant, oneScope, type ScopeSource } from 'engramia-cutover';
import { type FakeEngramia, fakeEngramia } from 'engramia-cutover/testing';
import { keyless, tenants } from './tenants.ts';

/** The Engramia service that the demo learns into. */
export interface Service extends AsyncDisposable {
  /** What must be known to read the demo's figures. */
  readonly terms: readonly string[];
  readonly scopes: ScopeSource;
  /** The emulator behind it; undefined: a service that is not ours to break or to look into. */
  readonly emulator: FakeEngramia | undefined;
  /** Patterns in a memory that is not the emulator's. Rejects when the service cannot be asked. */
  countPatterns(): Promise<number[]>;
}

const emulatedTerms = [
  'Engramia is emulated in this process and reached over HTTP on the loopback. No key, no network.',
  'Its rate limits (60 calls a minute) and the client’s own pacing (50) are lifted for the demo:',
  'rateLimits: false, pacing: false. A real service would take 50 of these exchanges a minute.',
  `Every tenant has a key of its own, but for "${keyless}": its users are served, it is not learned.`,
];

async function emulatedService(): Promise<Service> {
  const keyed = tenants.flatMap(({ name, key }) => (key === undefined ? [] : [{ name, key }]));
  const keys = Object.fromEntries(keyed.map(({ name, key }) => [key, { tenant: name }]));
  const emulator = await fakeEngramia({ keys, rateLimits: false });
  const { url } = await emulator.listen();
  const client = createEngramiaClient({ baseUrl: url, pacing: false });
  const keyOf = new Map(keyed.map(({ name, key }) => [name, key]));
  return {
    terms: emulatedTerms,
    scopes: keyPerTenant(client, (tenant) => keyOf.get(tenant)),
    emulator,
    countPatterns: async () => [],
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

const givenTerms = [
  'Engramia is the service that ENGRAMIA_API_URL and ENGRAMIA_API_KEY name. The defaults stay: the',
  'client sends at most 50 learns a minute, so most of the exchanges still wait when the demo ends.',
  'They are counted as aborted. The service is not taken down, and tenants share the one key.',
  'What is learned stays there; its run ids begin with "shadow:".',
];

function givenService(): Service {
  const client = createEngramiaClient();
  return {
    terms: givenTerms,
    scopes: oneScope(client),
    emulator: undefined,
    countPatterns: async () => [(await client.health()).patternCount],
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The service that the environment names, else an emulated one. Rejects when options or keys cannot be used. */
export async function startService(): Promise<Service> {
  return process.env.ENGRAMIA_API_URL ? givenService() : emulatedService();
}
