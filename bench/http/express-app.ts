import { Readable } from 'node:stream';
import { createCutover } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import express, { type Request, type RequestHandler } from 'express';
import { type MeasuredApp, withoutLanes } from './app.ts';
import { answer, eventStream, type Question, streamed } from './reply.ts';
import { chat, sharedOptions, stream } from './shared-options.ts';
import { isStage, type Variant } from './variants.ts';

const whole: RequestHandler = async (req, res) => void res.json(await answer(req.body));

const inChunks: RequestHandler = (_req, res) => {
  res.type(eventStream);
  Readable.from(streamed()).pipe(res);
};

const read = ({ body }: Request): Question => body;

async function migrated(): Promise<RequestHandler> {
  // Loaded here alone: it is large, and the other servers are to start fast.
  const { launchDarklyReads } = await import('../cases/launchdarkly.ts');
  const { shadow } = await launchDarklyReads();
  return async ({ body }, res) =>
    void res.json({ reply: await shadow.call(body.tenant, body.message) });
}

/** The two routes in Express 5. */
export async function expressApp(variant: Variant): Promise<MeasuredApp> {
  const listener = express();
  listener.use(express.json());
  if (!isStage(variant)) {
    listener.post('/chat', variant === 'launchDarkly' ? await migrated() : whole);
    listener.post('/stream', inChunks);
    return { listener, ...withoutLanes };
  }
  const cutover = createCutover(sharedOptions(variant));
  listener.post('/chat', expressCutover({ ...chat, read, cutover }), whole);
  listener.post('/stream', expressCutover({ ...stream, read, cutover }), inChunks);
  return {
    listener,
    drain: async () => void (await cutover.flush()),
    lanes: () => [cutover.stats().learn, cutover.stats().mirror],
  };
}
