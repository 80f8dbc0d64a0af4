import { Readable } from 'node:stream';
import { createCutover } from 'engramia-cutover';
import { fastifyCutover } from 'engramia-cutover/fastify';
import fastify, { type FastifyRequest, type RouteHandlerMethod } from 'fastify';
import { type MeasuredApp, withoutLanes } from './app.ts';
import { answer, eventStream, type Question, streamed } from './reply.ts';
import { chat, sharedOptions, stream } from './shared-options.ts';
import { isStage, type Variant } from './variants.ts';

const read = ({ body }: FastifyRequest): Question => body as Question;

const whole: RouteHandlerMethod = async (request) => answer(read(request));

const inChunks: RouteHandlerMethod = async (_request, reply) =>
  reply.type(eventStream).send(Readable.from(streamed()));

async function migrated(): Promise<RouteHandlerMethod> {
  // Loaded here alone: it is large, and the other servers are to start fast.
  const { launchDarklyReads } = await import('../cases/launchdarkly.ts');
  const { shadow } = await launchDarklyReads();
  return async (request) => {
    const { tenant, message } = read(request);
    return { reply: await shadow.call(tenant, message) };
  };
}

/** The two routes in Fastify 5. */
export async function fastifyApp(variant: Variant): Promise<MeasuredApp> {
  const app = fastify();
  const cutover = isStage(variant) ? createCutover(sharedOptions(variant)) : undefined;
  if (cutover === undefined) {
    app.post('/chat', variant === 'launchDarkly' ? await migrated() : whole);
    app.post('/stream', inChunks);
  } else {
    await app.register(fastifyCutover, { cutover });
    app.post('/chat', { config: { cutover: { ...chat, read } } }, whole);
    app.post('/stream', { config: { cutover: { ...stream, read } } }, inChunks);
  }
  await app.ready();
  const listener: MeasuredApp['listener'] = (req, res) => app.routing(req, res);
  if (cutover === undefined) return { listener, ...withoutLanes };
  return {
    listener,
    drain: async () => void (await cutover.flush()),
    lanes: () => [cutover.stats().learn, cutover.stats().mirror],
  };
}
