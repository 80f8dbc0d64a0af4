import { createGzip, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify';
import { exchange } from '../express/raw-client.ts';
import { replyKinds } from './reply-kinds.ts';

/** Whether the app compresses in an `onSend` hook, as its plugins do. */
export type Compression = 'none' | 'gzip';

function compress(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method === 'HEAD' || payload === null || payload === undefined) return payload;
    if (reply.hasHeader('cache-control')) return payload;
    const isStream = typeof (payload as { pipe?: unknown }).pipe === 'function';
    if (!isStream && typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    if (!isStream) return gzipSync(payload as string);
    const gzip = createGzip();
    (payload as NodeJS.ReadableStream).on('error', (error) => gzip.destroy(error)).pipe(gzip);
    return gzip;
  });
}

/** An app with a GET (and its HEAD) and a POST for each kind of reply. */
export async function createKindApp(
  compression: Compression,
  setup?: (app: FastifyInstance) => Promise<object>,
): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true });
  app.decorate('greeting', 'hello of the app');
  app.setErrorHandler(async (error, _request, reply) => {
    const { message = String(error), statusCode = 500 } = (error ?? {}) as Partial<
      Error & { statusCode: number }
    >;
    reply.code(statusCode);
    return { handled: message };
  });
  if (compression === 'gzip') compress(app);
  const config = (await setup?.(app)) ?? {};
  for (const [index, { handler, route }] of Object.values(replyKinds).entries()) {
    const options = { ...route, config };
    app.get(`/${index}`, options, handler as RouteHandlerMethod);
    app.post(`/${index}`, options, handler as RouteHandlerMethod);
  }
  return app;
}

/** Asks for one kind of reply and gives all that came back. */
export function askKind(port: number, method: string, name: string): Promise<string> {
  const body = method === 'POST' ? '{"message":"Build a CSV parser"}' : '';
  const lines = [
    `${method} /${Object.keys(replyKinds).indexOf(name)} HTTP/1.1`,
    'Host: test',
    'Connection: close',
    ...(body === ''
      ? []
      : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return exchange(port, [`${lines.join('\r\n')}\r\n\r\n${body}`]);
}
