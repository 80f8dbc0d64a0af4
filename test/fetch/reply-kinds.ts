import { gzipSync } from 'node:zlib';
import type { FetchApp } from './servers.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A stream that gives a chunk a turn, and then ends or fails. */
function chunked(chunks: readonly string[], failure?: Error): ReadableStream<Uint8Array> {
  const waiting = [...chunks];
  return new ReadableStream(
    {
      async pull(controller) {
        await turn();
        const chunk = waiting.shift();
        if (chunk !== undefined) controller.enqueue(new TextEncoder().encode(chunk));
        else if (failure) controller.error(failure);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

const events = (chunks: readonly string[]): Response =>
  new Response(chunked(chunks), { headers: { 'content-type': 'text/event-stream' } });

/** The ways in which handlers answer. */
export const replyKinds: Readonly<Record<string, FetchApp>> = {
  JSON: () => Response.json({ reply: 'an answer of some length' }),
  text: () => new Response('an answer of some length'),
  HTML: () => new Response('<p>hi</p>', { headers: { 'content-type': 'text/html' } }),
  bytes: () => new Response(new Uint8Array([0, 255, 13, 10])),
  nothing: () => new Response(null),
  'an empty text': () => new Response(''),
  'no content': () => new Response(null, { status: 204 }),
  'not modified': () => new Response(null, { status: 304, headers: { etag: '"1"' } }),
  'a redirect': () => new Response(null, { status: 302, headers: { location: '/elsewhere' } }),
  'a refusal': () => Response.json({ error: 'no' }, { status: 403 }),
  'its own status text': () => new Response('x', { status: 299, statusText: 'Quite Right' }),
  'a failure': () => new Response('sorry', { status: 503, headers: { 'retry-after': '1' } }),
  'two cookies': () =>
    new Response('x', {
      headers: [
        ['set-cookie', 'a=1; Path=/'],
        ['set-cookie', 'b=2; Path=/'],
        ['x-many', 'one'],
        ['x-many', 'two'],
      ],
    }),
  'a declared length': () => new Response('12345', { headers: { 'content-length': '5' } }),
  'compressed JSON': () =>
    new Response(gzipSync('{"reply":"packed"}'), {
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    }),
  'a stream': () => new Response(chunked(['one ', 'two ', 'three'])),
  'an empty stream': () => new Response(chunked([])),
  'an event stream': () => events(['data: {"text":"a"}\n\n', 'data: [DONE]\n\n']),
  'a stream that breaks': () => new Response(chunked(['half '], new Error('broke'))),
  'an echo': async (request) => new Response(await request.text()),
  'what it was asked': (request) =>
    Response.json({
      method: request.method,
      path: new URL(request.url).pathname,
      headers: Object.fromEntries(request.headers),
      redirect: request.redirect,
    }),
  'an error': () => {
    throw new Error('legacy broke');
  },
  'a rejection': () => Promise.reject(new Error('legacy broke later')),
};
