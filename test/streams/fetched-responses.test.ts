import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, localServer, sendEvents, write } from './event-server.ts';
import { message, servesLegacy, stages, streamWorld } from './world.ts';

const text = 'Grüße: streams come in pieces.';
const json = JSON.stringify({ choices: [{ message: { content: text } }] });
const deltas = ['Grüße: ', 'streams come ', 'in pieces.'].map((content) => ({
  choices: [{ delta: { content } }],
}));

async function sendPieces(res: ServerResponse, type: string, body: Buffer): Promise<void> {
  res.writeHead(200, { 'content-type': type, 'x-own': 'yes' });
  for (let at = 0; at < body.length; at += 7) await write(res, body.subarray(at, at + 7));
  res.end();
}

/** What the server sends; each of them says the text. */
const bodies: Readonly<Record<string, (res: ServerResponse) => unknown>> = {
  'text in chunks': (res) => sendPieces(res, 'text/plain; charset=utf-8', Buffer.from(text)),
  JSON: (res) => sendPieces(res, 'application/json', Buffer.from(json)),
  'server-sent events': (res) => sendEvents(res, [...deltas, '[DONE]']),
  'text that is gzipped': (res) => {
    res.setHeader('content-encoding', 'gzip');
    return sendPieces(res, 'text/plain', gzipSync(text));
  },
  'JSON that is gzipped': (res) => {
    res.setHeader('content-encoding', 'gzip');
    return sendPieces(res, 'application/json', gzipSync(json));
  },
};

let server: LocalServer;
let send: (res: ServerResponse) => unknown;

beforeAll(async () => {
  server = await localServer((_req, res) => send(res));
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each(stages)('a Response of fetch() in stage %s', (stage) => {
  const leg = servesLegacy(stage) ? 'legacy' : 'candidate';

  async function world(signal?: AbortSignal) {
    const { handler, learned } = await streamWorld(stage, (asked) =>
      asked === leg ? fetch(server.url, { ...(signal && { signal }) }) : 'the other leg',
    );
    const served: unknown[] = [];
    handler.on('served', (event) => served.push(event));
    return { handler, learned, served };
  }

  it.each(Object.keys(bodies))('of %s is what fetch() gives, and is learned', async (what) => {
    send = bodies[what] as typeof send;
    const bare = await fetch(server.url);
    const { handler, learned } = await world();
    const response = (await handler(message)) as Response;
    expect(response).toBeInstanceOf(Response);
    for (const name of ['status', 'statusText', 'url', 'redirected', 'type', 'ok'] as const)
      expect(response[name]).toBe(bare[name]);
    const headers = ({ headers: all }: Response) => [...all].filter(([name]) => name !== 'date');
    expect(headers(response)).toEqual(headers(bare));
    expect(await response.text()).toBe(await bare.text());
    expect(response.bodyUsed).toBe(true);
    expect(await learned()).toEqual(stage === 'off' ? [] : [text]);
  });

  it('whose server hangs up midway fails as it does without a cutover, and is not learned', async () => {
    send = async (res) => {
      res.writeHead(200, { 'content-type': 'text/plain', 'content-length': 100 });
      await write(res, text);
      res.destroy();
    };
    const bare = await fetch(server.url).then((response) => response.text().catch(String));
    const { handler, learned } = await world();
    const response = (await handler(message)) as Response;
    expect(await response.text().catch(String)).toBe(bare);
    expect(await learned()).toEqual([]);
    if (stage !== 'off') expect(handler.stats().routes.chat?.failed[leg]).toBe(1);
  });

  it('whose own signal aborts it midway fails with the reason, and is not learned', async () => {
    send = (res) => {
      res.writeHead(200, { 'content-type': 'text/plain' });
      return write(res, text);
    };
    const stop = new AbortController();
    const { handler, learned } = await world(stop.signal);
    const reader = ((await handler(message)) as Response).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(text);
    const reason = new Error('enough');
    const reading = reader?.read();
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(await learned()).toEqual([]);
  });

  it('whose body the caller cancels closes its connection, and is not learned', async () => {
    const closed = Promise.withResolvers<void>();
    send = (res) => {
      res.once('close', () => closed.resolve());
      res.writeHead(200, { 'content-type': 'text/plain' });
      return write(res, text);
    };
    const { handler, learned, served } = await world();
    const response = (await handler(message)) as Response;
    await response.body?.cancel('enough');
    await closed.promise;
    expect(await learned()).toEqual([]);
    if (stage !== 'off') expect(served).toMatchObject([{ cut: true, leg }]);
  });
});
