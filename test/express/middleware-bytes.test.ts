import type { Server } from 'node:http';
import compression from 'compression';
import { createEngramiaClient, oneScope, type Stage, shadowSafe } from 'engramia-cutover';
import { type ExpressCutover, expressCutover } from 'engramia-cutover/express';
import { type FlagProvider, memoryFlags } from 'engramia-cutover/flags';
import type { RequestHandler } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askKind, mountKinds } from './kind-app.ts';
import { normalized } from './raw-client.ts';
import { replyKinds } from './reply-kinds.ts';
import { createApp, type Framework, frameworkNames, listen, shut } from './servers.ts';

const places = ['none', 'before', 'after'] as const;
type Place = (typeof places)[number];

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

function createMiddleware({ stage, flag, service }: Setup): ExpressCutover {
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    apiKey: 'key',
    pacing: false,
    fetch: services[service] as () => Promise<Response>,
  });
  let calls = 0;
  return expressCutover({
    name: 'kinds',
    read: (req) => req.url,
    // A tenant of its own for each call, so that no flag is answered from a cache.
    identify: (url) => ({ tenant: `tenant-${calls++}`, task: `Answer the request for ${url}` }),
    candidate: shadowSafe(async (_context, url) => ({ text: `mirrored ${url}` })),
    decideTimeoutMs: 10_000,
    flags: flagKinds[flag]?.(stage) as FlagProvider,
    engramia: oneScope(client),
    logger: { warn: () => undefined },
  });
}

interface World {
  readonly port: number;
  readonly server: Server;
}

async function createWorld(
  framework: Framework,
  place: Place,
  cutover?: RequestHandler,
): Promise<World> {
  const app = createApp(framework);
  const compress = compression({ threshold: 0 }) as unknown as RequestHandler;
  const before: RequestHandler[] = cutover === undefined ? [] : [cutover];
  if (place === 'before') app.use(compress);
  if (place === 'after') before.push(compress);
  mountKinds(app, ...before);
  return listen(app);
}

let compared = 0;
afterAll(() => {
  process.stdout.write(`whole middleware: ${compared} exchanges compared with the bare app\n`);
});

/** What the bare app answers, asked once for each framework, place, method and kind. */
const known = new Map<string, Promise<string>>();
const bareWorlds = new Map<string, Promise<World>>();
afterAll(async () => {
  for (const world of bareWorlds.values()) await shut((await world).server);
});

function bareReply(framework: Framework, place: Place, method: string, name: string) {
  const at = `${framework} ${place}`;
  const world = bareWorlds.get(at) ?? createWorld(framework, place);
  bareWorlds.set(at, world);
  const key = `${at} ${method} ${name}`;
  const reply = known.get(key) ?? world.then(({ port }) => askKind(port, method, name));
  known.set(key, reply);
  return reply.then(normalized);
}

const taps: ReadonlySet<Stage> = new Set(['dualwrite', 'shadow']);

/** Compares every kind of reply in one setup, and sees that the shadow was at work. */
function compareAll(framework: Framework, place: Place, setup: Setup, methods: string[]): void {
  let cutover: ExpressCutover;
  let world: World;
  beforeAll(async () => {
    cutover = createMiddleware(setup);
    world = await createWorld(framework, place, cutover);
  });
  afterAll(() => shut(world.server));

  it.each(Object.keys(replyKinds))('sends %s as the bare app does', async (name) => {
    for (const method of methods) {
      const expected = await bareReply(framework, place, method, name);
      expect(normalized(await askKind(world.port, method, name))).toBe(expected);
      compared += 1;
    }
  });

  it('has called the shadow, or left it alone, as the stage says', async () => {
    await cutover.close({ timeoutMs: setup.service === 'hangs' ? 1 : 5_000 });
    const { learn, mirror, routes } = cutover.stats();
    const { calls } = routes.kinds ?? {};
    expect(calls).toBe(Object.keys(replyKinds).length * methods.length);
    expect(learn.accepted > 20).toBe(taps.has(setup.stage));
    expect(learn.ok.stored > 20).toBe(taps.has(setup.stage) && setup.service === 'answers');
    expect(mirror.ok.stored > 20).toBe(setup.stage === 'shadow');
  });
}

describe.each(frameworkNames)('%s', (framework) => {
  describe.each(places)('with compression mounted: %s', (place) => {
    describe.each(Object.keys(flagKinds))('by %s', (flag) => {
      describe.each<Stage>(['off', 'dualwrite', 'shadow'])('in stage %s', (stage) => {
        compareAll(framework, place, { stage, flag, service: 'answers' }, ['GET', 'HEAD']);
      });
    });
  });

  describe('with a service that hangs', () => {
    const flag = 'a flag that answers at once';
    compareAll(framework, 'none', { stage: 'shadow', flag, service: 'hangs' }, ['GET']);
  });
});
