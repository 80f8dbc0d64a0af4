import { inspect } from 'node:util';
import {
  createCutoverHandler,
  createEngramiaClient,
  type FetchLike,
  keyPerTenant,
  oneScope,
} from 'engramia-cutover';
import { launchDarklyFlags, memoryFlags } from 'engramia-cutover/flags';
import { llmJudge } from 'engramia-cutover/openai';
import { describe, expect, it } from 'vitest';
import { failureOf } from './failure-of.ts';

const key = 'engramia_sk_CANARYKEY';
const text = 'CANARYTASK';
const lesson = { task: text, code: `${text} code`, evalScore: 5, runId: text };

/** Everything that printing, serializing and walking a value shows. */
function everythingOf(value: unknown): string {
  const chain: unknown[] = [];
  for (let link = value; link !== undefined && chain.length < 10; ) {
    chain.push(link);
    link = (link as { cause?: unknown }).cause;
  }
  const own = (link: unknown) =>
    Object.getOwnPropertyNames(link).map((name) => String((link as Record<string, unknown>)[name]));
  return [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
    ...chain.flatMap(own),
  ].join('\n');
}

const echo = (status: number): FetchLike => {
  return async (_url, init) => {
    const json = {
      error_code: key,
      detail: `Role '${key}' sent ${init?.body} and '${key}'.`,
      issues: [{ loc: ['body', key, text], type: key, msg: text }],
    };
    return Response.json(json, { status, headers: { 'x-request-id': key } });
  };
};

const fetches: Record<string, FetchLike> = {
  'a fetch that throws its init': async (url, init) => {
    throw Object.assign(new Error(`${url} ${JSON.stringify(init)}`), {
      init,
      code: key,
      cause: Object.assign(new Error(JSON.stringify(init)), { code: 'ECONNRESET', init }),
    });
  },
  'a fetch that throws its init without a known code': async (_url, init) => {
    throw new Error(JSON.stringify(init));
  },
  'a fetch that throws at once': (_url, init) => {
    throw init;
  },
  'a fetch that throws the key': async () => Promise.reject(key),
  'a service that echoes with 403': echo(403),
  'a service that echoes with 422': echo(422),
  'a service that echoes with 500': echo(500),
  'a service that echoes with 200': echo(200),
  'a service that answers the request': async (_url, init) => new Response(String(init?.body)),
  'a redirect to the key': async () =>
    new Response(null, { status: 307, headers: { location: `https://${key}.example` } }),
};

describe('keys and texts', () => {
  it.each(Object.entries(fetches))('stay out of the error after %s', async (_name, fetch) => {
    const client = createEngramiaClient({ baseUrl: 'https://e.example', apiKey: key, fetch });
    const error = await failureOf(client.learn(lesson, { requestId: 'r-1' }));
    expect(everythingOf(error)).not.toMatch(/CANARY/);
  });

  it.each([
    { ...lesson, evalScore: 11 },
    { ...lesson, code: `${text}\0` },
    { ...lesson, source: text.repeat(9) },
    { ...lesson, evalScore: text as unknown as number },
  ])('stay out of the error about the request %#', async (request) => {
    const client = createEngramiaClient({ baseUrl: 'https://e.example', apiKey: key });
    expect(everythingOf(await failureOf(client.learn(request)))).not.toMatch(/CANARY/);
  });

  it('stay out of the printed client and scopes', async () => {
    const client = createEngramiaClient({ baseUrl: 'https://e.example', apiKey: key });
    const scopes = keyPerTenant(client, () => key);
    const target = await scopes.targetOf('a');
    const all = [client, client.withKey(key), scopes, oneScope(client), target];
    expect(target?.scope).toBe(client.fingerprint);
    for (const thing of all) expect(everythingOf(thing)).not.toMatch(/CANARY/);
  });
});

describe('a key in the place of something else', () => {
  const keys = [
    'engramia_sk_CANARY0123456789abcdef',
    'sk-proj-CANARY0123456789',
    'c4c4'.repeat(16),
  ];
  const route = { name: 'c', legacy: () => 1, candidate: () => 1, identify: () => ({ task: 't' }) };
  const misplaced: Record<string, (given: never) => unknown> = {
    'the options of a client': createEngramiaClient,
    'the address of a client': (baseUrl) => createEngramiaClient({ baseUrl }),
    'the time limit of a client': (timeoutMs) => createEngramiaClient({ timeoutMs }),
    'the client of a look-up': (client) => keyPerTenant(client, () => undefined),
    'the look-up': (lookUp) => keyPerTenant(createEngramiaClient({ baseUrl }), lookUp),
    'the client of one scope': oneScope,
    'the memory of a handler': (engramia) =>
      createCutoverHandler({ ...route, flags: memoryFlags('off'), engramia }),
    'the flags of a handler': (flags) => createCutoverHandler({ ...route, flags }),
    'the client of flags': (client) => launchDarklyFlags(client),
    'the client of a judge': (client) => llmJudge({ client, model: 'm' }),
  };
  const baseUrl = 'https://e.example';

  it.each(Object.entries(misplaced))('is refused for %s, and not shown', (_, use) => {
    for (const given of keys) {
      let thrown: unknown;
      try {
        use(given as never);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: 'ERR_CUTOVER_INVALID_OPTIONS' });
      expect(everythingOf(thrown)).not.toContain(given);
      expect(everythingOf(thrown)).not.toContain('CANARY');
    }
  });
});
