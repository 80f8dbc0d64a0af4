import {
  createCutover,
  createEngramiaClient,
  oneScope,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { cutoverRoute, fastifyCutover } from 'engramia-cutover/fastify';
import { type FlagProvider, memoryFlags } from 'engramia-cutover/flags';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalized } from '../express/raw-client.ts';
import { askKind, type Compression, createKindApp } from './kind-app.ts';
import { replyKinds } from './reply-kinds.ts';
import { listen, shut } from './servers.ts';

const methods = ['GET', 'POST', 'HEAD'];

/** How a stage comes to be known, by name. */
const flagKinds: Record<string, (stage: Stage) => FlagProvider> = {
  'a flag that answers at once': (stage) => memoryFlags(stage),
  'a flag that answers later': (stage) => ({
    metadata: { name: 'later' },
    resolveStringEvaluation: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { value: stage };
    },
  }),
};

const services: Record<string, () => Promise<Response>> = {
  answers: async () => Response.json({ stored: true, pattern_count: 1 }),
  hangs: () => new Promise(() => undefined),
};

interface Setup {
  readonly stage: Stage;
  readonly flag: string;
  readonly service: string;
}

function createKindCutover({ stage, flag, service }: Setup) {
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    apiKey: 'key',
    pacing: false,
    fetch: services[service] as () => Promise<Response>,
  });
  let calls = 0;
  const learned = new Map<string, string[]>();
  const cutover = createCutover({
    decideTimeoutMs: 10_000,
    flags: flagKinds[flag]?.(stage) as FlagProvider,
    engramia: oneScope(client),
    logger: { warn: () => undefined },
  });
  const route = cutoverRoute({
    name: 'kinds',
    read: ({ url }) => Object.keys(replyKinds)[Number(url.slice(1))] ?? url,
    // A tenant of its own for each call, so that no flag is answered from a cache.
    identify: (kind) => ({ tenant: `tenant-${calls++}`, task: `Answer with this kind: ${kind}` }),
    learn: {
      filter: ({ subject, reply }) => {
        const kind = subject.task.slice('Answer with this kind: '.length);
        learned.set(kind, [...(learned.get(kind) ?? []), reply.text]);
        return true;
      },
    },
    candidate: shadowSafe(async (_context, url) => ({ text: `mirrored ${url}` })),
  });
  return { cutover, route, learned };
}

let compared = 0;
afterAll(() => {
  process.stdout.write(`wrapped handlers: ${compared} exchanges compared with the bare app\n`);
});

const bareApps = new Map<Compression, Promise<{ app: FastifyInstance; port: number }>>();
afterAll(async () => {
  for (const bare of bareApps.values()) await shut((await bare).app);
});

/** What the bare app answers, asked once for each compression, method and kind. */
const known = new Map<string, Promise<string>>();

async function startBare(compression: Compression) {
  const app = await createKindApp(compression);
  return { app, port: await listen(app) };
}

function bareReply(compression: Compression, method: string, name: string): Promise<string> {
  const bare = bareApps.get(compression) ?? startBare(compression);
  bareApps.set(compression, bare);
  const key = `${compression} ${method} ${name}`;
  const reply = known.get(key) ?? bare.then(({ port }) => askKind(port, method, name));
  known.set(key, reply);
  return reply.then(normalized);
}

const learns: ReadonlySet<Stage> = new Set(['dualwrite', 'shadow']);

/** How event streams and empty texts are read is the matter of the tests of reading, whatever the framework. */
const readElsewhere: ReadonlySet<string> = new Set([
  'a hijacked reply that goes on behind the handler',
  'an empty string',
]);

/** What is to be learned in a stage. */
function textsOf(stage: Stage, compression: Compression): Map<string, string[]> {
  const readable = Object.entries(replyKinds).filter(
    ([name, { text, failsBehindHooks }]) =>
      text !== undefined &&
      !readElsewhere.has(name) &&
      (compression === 'none' || !failsBehindHooks),
  );
  if (!learns.has(stage)) return new Map();
  return new Map(readable.map(([name, { text }]) => [name, [String(text), String(text)]]));
}

/** Compares every kind of reply in one setup, and sees that the shadow was at work. */
function compareAll(compression: Compression, setup: Setup): void {
  const { cutover, route, learned } = createKindCutover(setup);
  let app: FastifyInstance;
  let port: number;
  beforeAll(async () => {
    app = await createKindApp(compression, async (created) => {
      await created.register(fastifyCutover, { cutover });
      return { cutover: route };
    });
    port = await listen(app);
  });
  afterAll(() => shut(app));

  it.each(Object.keys(replyKinds))('sends %s as the bare app does', async (name) => {
    for (const method of methods) {
      const expected = await bareReply(compression, method, name);
      if (method !== 'HEAD') expect(expected).toMatch(/^HTTP\/1\.1 \d{3}/);
      expect(normalized(await askKind(port, method, name))).toBe(expected);
      compared += 1;
    }
  });

  it('has called the shadow, or left it alone, as the stage says', async () => {
    await cutover.close({ timeoutMs: setup.service === 'hangs' ? 1 : 5_000 });
    const { learn, mirror, routes } = cutover.stats();
    expect(routes.kinds?.calls).toBe(Object.keys(replyKinds).length * methods.length);
    // A GET and a POST of each; a HEAD has no text. A service that hangs holds the others back.
    for (const kind of readElsewhere) learned.delete(kind);
    if (setup.service === 'answers') expect(learned).toEqual(textsOf(setup.stage, compression));
    expect(learn.ok.stored > 20).toBe(learns.has(setup.stage) && setup.service === 'answers');
    expect(learn.accepted > 20).toBe(learns.has(setup.stage));
    expect(mirror.ok.stored > 20).toBe(setup.stage === 'shadow');
  });
}

describe.each<Compression>(['none', 'gzip'])('with compression: %s', (compression) => {
  describe.each(Object.keys(flagKinds))('by %s', (flag) => {
    describe.each<Stage>(['off', 'dualwrite', 'shadow'])('in stage %s', (stage) => {
      compareAll(compression, { stage, flag, service: 'answers' });
    });
  });
});

describe('with a service that hangs', () => {
  compareAll('none', { stage: 'shadow', flag: 'a flag that answers at once', service: 'hangs' });
});
