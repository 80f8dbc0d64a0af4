import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';

type Handler = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) => unknown;

/** One way in which a handler answers. */
export interface ReplyKind {
  readonly handler: Handler;
  readonly route?: RouteShorthandOptions;
  /** What is learned of a GET; undefined: nothing may be. */
  readonly text?: string;
  /** Whether an `onSend` hook that takes its time lets the error come first. */
  readonly failsBehindHooks?: true;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const boom = (statusCode?: number): Error => Object.assign(new Error('boom'), { statusCode });
const big = 'an answer that goes on. '.repeat(45_000);

async function* failing(...chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
  await turn();
  throw boom();
}

const textSchema: RouteShorthandOptions = {
  schema: { response: { 200: { type: 'object', properties: { text: { type: 'string' } } } } },
};
const strictSchema: RouteShorthandOptions = {
  schema: {
    response: {
      200: { type: 'object', required: ['must'], properties: { must: { type: 'string' } } },
    },
  },
};

/** What makes a thenable of an object that is no promise. */
const lazy = 'then';

/** Values that a handler returns, or promises. */
const values: Record<string, ReplyKind> = {
  'an object': { handler: () => ({ text: 'héllo' }), text: 'héllo' },
  'a promised object': { handler: async () => ({ text: 'yes' }), text: 'yes' },
  'a string': { handler: () => 'plain ✓', text: 'plain ✓' },
  'an empty string': { handler: async () => '' },
  'a number': { handler: async () => 42 },
  null: { handler: async () => null },
  'a promise of undefined': { handler: async () => undefined },
  bytes: { handler: () => Buffer.from([0, 1, 250, 251]) },
  'a typed array': { handler: async () => new Uint16Array([1, 2, 3]) },
  'a thenable': {
    handler: () => ({ [lazy]: (done: (value: string) => void) => done('then') }),
    text: 'then',
  },
  'the reply itself': { handler: (_, reply) => reply.send({ text: 'sent' }), text: 'sent' },
  'a Node stream': {
    handler: (_, reply) => reply.type('text/plain').send(Readable.from(['to', 'ke', 'ns'])),
    text: 'tokens',
  },
  'a web stream': {
    handler: (_, reply) => reply.type('text/plain').send(new Blob(['web']).stream()),
    text: 'web',
  },
  'a Response': {
    handler: () => new Response('fetched', { status: 203, headers: { 'x-own': 'kept' } }),
    text: 'fetched',
  },
  'a Response without a body': { handler: async () => new Response(null, { status: 204 }) },
  'a returned error': { handler: () => boom(418) },
  'a megabyte': { handler: async () => big },
};

/** Ways to use the reply. */
const calls: Record<string, ReplyKind> = {
  'a send without a return': {
    handler: (_, reply) => void reply.send({ text: 'ok' }),
    text: 'ok',
  },
  'a send in a later turn': {
    handler: (_, reply) => void setImmediate(() => reply.send({ text: 'late' })),
    text: 'late',
  },
  'an awaited send': {
    handler: async (_, reply) => {
      await reply.send('awaited');
    },
    text: 'awaited',
  },
  'a send in a later turn, and the reply returned': {
    handler: async (_, reply) => {
      setImmediate(() => reply.send({ text: 'late' }));
      return reply;
    },
    text: 'late',
  },
  'a second send': {
    handler: (_, reply) => {
      reply.send('once');
      reply.send('twice');
    },
    text: 'once',
  },
  'a value of a response schema': {
    route: textSchema,
    handler: async () => ({ text: 'kept', secret: 'dropped' }),
    text: 'kept',
  },
  'a value that its schema refuses': { route: strictSchema, handler: async () => ({}) },
  'a serializer of its own': {
    handler: (_, reply) =>
      reply
        .type('text/csv')
        .serializer((rows: string[]) => rows.join(';'))
        .send(['a', 'b']),
    text: 'a;b',
  },
  'an object of a type that is not JSON': {
    handler: (_, reply) => reply.type('text/html').send({ text: 'no' }),
  },
  'a redirect': { handler: (_, reply) => reply.redirect('/elsewhere') },
  'no content': { handler: (_, reply) => reply.code(204).send() },
  'not modified': { handler: (_, reply) => reply.code(304).header('etag', '"v1"').send() },
  'several cookies': {
    handler: (_, reply) =>
      reply.header('set-cookie', 'a=1').header('set-cookie', ['b=2', 'c=3']).send('cookies'),
    text: 'cookies',
  },
  trailers: {
    handler: (_, reply) =>
      reply
        .trailer('x-sum', async () => '4')
        .type('text/plain')
        .send('body'),
    text: 'body',
  },
  'early hints': {
    handler: (_, reply) => {
      reply.writeEarlyHints({ link: '</a.css>; rel=preload' });
      return 'hinted';
    },
    text: 'hinted',
  },
  'not found': { handler: (_, reply) => reply.callNotFound() },
  'a status of 500': { handler: (_, reply) => reply.code(500).send({ text: 'sorry' }) },
  'what the app’s decorator says': {
    handler(this: FastifyInstance & { greeting?: string }) {
      return { text: String(this.greeting) };
    },
    text: 'hello of the app',
  },
};

/** Replies that are written past Fastify. */
const raw: Record<string, ReplyKind> = {
  'a hijacked reply': {
    handler: (_, reply) => {
      reply.hijack();
      reply.raw.setHeader('content-type', 'text/plain');
      reply.raw.write('one ');
      reply.raw.end('two');
    },
    text: 'one two',
  },
  'a hijacked reply that goes on behind the handler': {
    handler: async (_, reply) => {
      reply.hijack();
      setImmediate(() => {
        reply.raw.writeHead(200, 'As It Is', { 'content-type': 'text/event-stream' });
        reply.raw.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n');
        setImmediate(() =>
          reply.raw.end('data: {"choices":[{"delta":{"content":"lo"}}]}\n\ndata: [DONE]\n\n'),
        );
      });
    },
    text: 'Hello',
  },
  'raw writes, and the reply returned': {
    handler: async (_, reply) => {
      reply.raw.writeHead(200, ['Content-Type', 'text/plain', 'X-Raw', 'a']);
      reply.raw.write('raw ');
      reply.raw.end('writes');
      return reply;
    },
    text: 'raw writes',
  },
  'a reply that breaks off': {
    handler: async (_, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/plain' });
      await new Promise((resolve) => reply.raw.write('half of', resolve));
      reply.raw.destroy();
    },
  },
};

/** Ways to fail. */
const failures: Record<string, ReplyKind> = {
  'a thrown error': {
    handler: () => {
      throw boom();
    },
  },
  'a rejection with a status': { handler: async () => Promise.reject(boom(402)) },
  'a thrown string': {
    handler: () => {
      throw 'a word';
    },
  },
  'a rejection of nothing': { handler: () => Promise.reject() },
  'an error that is sent': { handler: (_, reply) => reply.code(409).send(boom()) },
  'an error for the route’s own handler': {
    route: {
      errorHandler: (error, _, reply) => void reply.code(502).send(`own: ${error.message}`),
    },
    handler: async () => Promise.reject(boom()),
  },
  'an error behind a sent reply': {
    failsBehindHooks: true,
    handler: (_, reply) => {
      reply.send('sent');
      throw boom();
    },
    text: 'sent',
  },
  'a rejection behind a sent reply': {
    handler: async (_, reply) => {
      reply.send('sent');
      throw boom();
    },
    text: 'sent',
  },
  'a stream that fails at once': { handler: () => Readable.from(failing()) },
  'a stream that fails midway': {
    // Compressed, it would depend on the machine what is out before the end.
    handler: (_, reply) =>
      reply
        .header('cache-control', 'no-transform')
        .type('text/plain')
        .send(Readable.from(failing('half', ' of it'))),
  },
};

export const replyKinds: Readonly<Record<string, ReplyKind>> = {
  ...values,
  ...calls,
  ...raw,
  ...failures,
};
