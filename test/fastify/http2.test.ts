import { once } from 'node:events';
import { type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type CutoverEventOf, createCutover, type Stage } from 'engramia-cutover';
import { fastifyCutover } from 'engramia-cutover/fastify';
import { memoryFlags } from 'engramia-cutover/flags';
import Fastify, { type FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { deferred } from '../express/deferred.ts';
import { chatRoute, learning, question } from './chat-app.ts';

interface Setup {
  readonly stage: Stage;
  readonly legacy?: (reply: FastifyReply) => unknown;
  readonly candidate?: typeof chatRoute.candidate;
}

/** The chat route behind HTTP/2, and a client of it that keeps one session. */
async function startHttp2({ stage, legacy = () => ({ reply: 'legacy' }), ...given }: Setup) {
  const { fake, engramia } = await learning();
  const cutover = createCutover({
    flags: memoryFlags(stage),
    engramia,
    logger: { warn: () => undefined },
  });
  const app = Fastify({ http2: true });
  await app.register(fastifyCutover, { cutover });
  const read = (): { message: string } => ({ message: question });
  const config = { cutover: { ...chatRoute, read, ...given } };
  app.get('/chat', { config }, (_request, reply) => legacy(reply as unknown as FastifyReply));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const session = connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
  const served = new Promise<CutoverEventOf<'served'>>((resolve) => cutover.on('served', resolve));
  return {
    cutover,
    fake,
    served,
    request: (method = 'GET'): ClientHttp2Stream =>
      session.request({ ':path': '/chat', ':method': method }).on('error', () => undefined),
    [Symbol.asyncDispose]: async () => {
      session.destroy();
      await app.close();
      await cutover.close({ timeoutMs: 1_000 });
    },
  };
}

describe('over HTTP/2', () => {
  it.each<Stage>(['dualwrite', 'live'])('learns in stage %s what was sent whole', async (stage) => {
    await using chat = await startHttp2({ stage });
    await once(chat.request().resume(), 'close');
    await chat.served;
    await chat.cutover.flush();
    const code = stage === 'live' ? `candidate: ${question}` : 'legacy';
    expect(chat.fake.patterns('default').map((pattern) => pattern.code)).toEqual([code]);
  });

  it('takes the whole reply to a HEAD for a success', async () => {
    await using chat = await startHttp2({ stage: 'dualwrite' });
    await once(chat.request('HEAD').resume(), 'close');
    expect(await chat.served).toMatchObject({ leg: 'legacy', status: 'fulfilled' });
  });

  it('learns nothing of a reply whose client left in the middle', async () => {
    const legacy = (reply: FastifyReply): void => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/plain' });
      reply.raw.write('the first half');
    };
    await using chat = await startHttp2({ stage: 'dualwrite', legacy });
    const request = chat.request();
    await once(request, 'data');
    request.close(constants.NGHTTP2_CANCEL);
    expect(await chat.served).toMatchObject({ status: 'fulfilled', cut: true });
    await chat.cutover.flush();
    expect(chat.cutover.stats().learn.offered).toBe(0);
  });

  it('aborts a candidate whose client has left', async () => {
    const started = deferred<AbortSignal>();
    await using chat = await startHttp2({
      stage: 'live',
      candidate: async ({ signal }) => {
        started.resolve(signal);
        await once(signal, 'abort');
        return 'nobody reads this';
      },
    });
    const request = chat.request();
    const signal = await started.promise;
    const aborted = once(signal, 'abort');
    request.close(constants.NGHTTP2_CANCEL);
    await aborted;
    await chat.served;
    await chat.cutover.flush();
    expect(chat.cutover.stats().learn.offered).toBe(0);
  });

  it('cancels a stream whose client left in the middle, and learns nothing of it', async () => {
    const cleaned = deferred();
    await using chat = await startHttp2({
      stage: 'live',
      candidate: async function* ({ signal }) {
        try {
          yield 'the first half';
          await once(signal, 'abort');
        } finally {
          cleaned.resolve();
        }
      },
    });
    const request = chat.request();
    await once(request, 'data');
    request.close(constants.NGHTTP2_CANCEL);
    await cleaned.promise;
    expect(await chat.served).toMatchObject({ leg: 'candidate', cut: true });
    await chat.cutover.flush();
    expect(chat.cutover.stats().learn.offered).toBe(0);
  });
});
