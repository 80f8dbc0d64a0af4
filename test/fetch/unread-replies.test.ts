import { getEventListeners, once } from 'node:events';
import net from 'node:net';
import { type Stage, shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { startChat, startHandler } from './chat-handler.ts';
import { fetchServerNames } from './servers.ts';

const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];
const url = 'http://chat.test/chat';

const subject = { tenant: 'acme', task: 'Build a CSV parser' };

/** Two legs that answer without a look at the request's body. */
const legs = {
  identify: () => subject,
  legacy: () => new Response('legacy answers'),
  candidate: shadowSafe(() => new Response('candidate answers')),
};

/** How many calls have begun, and how many of them have ended. */
function ledger({
  stats,
}: {
  stats: Awaited<ReturnType<typeof startHandler>>['handler']['stats'];
}) {
  const { chat } = stats().routes;
  const { served, failed } = chat as NonNullable<typeof chat>;
  return { calls: chat?.calls, ended: served.legacy + served.candidate, failed: { ...failed } };
}

const none = { legacy: 0, candidate: 0 };

describe.each(stages)('in stage %s a reply that nobody reads', (stage) => {
  it('to a HEAD is served, and nothing of it is learned or compared', async () => {
    await using chat = await startHandler(stage, legs);
    const ends: unknown[] = [];
    chat.handler.on('served', ({ status, cut }) => ends.push([status, cut]));
    const response = await chat.handler(new Request(url, { method: 'HEAD' }));
    expect(response.status).toBe(200);
    expect(ledger(chat.handler)).toEqual({ calls: 1, ended: 1, failed: none });
    expect(ends).toEqual([['fulfilled', undefined]]);
    await chat.handler.flush();
    const { learn, mirror } = chat.handler.stats();
    expect([learn.accepted, mirror.accepted]).toEqual([0, 0]);
    const offered = stage === 'off' ? 0 : 1;
    expect([learn.offered, learn.skipped.unreadable]).toEqual([offered, offered]);
    expect(mirror.skipped.unreadable).toBe(stage === 'shadow' ? 1 : 0);
    // Whoever reads on all the same has it all, and it counts no more.
    expect(await response.text()).toMatch(/answers$/);
    expect(ledger(chat.handler).ended).toBe(1);
  });

  it.each([
    ['before it is there', true],
    ['when it is there', false],
  ])('since its client has left %s is served and cut', async (_when, isEarly) => {
    await using chat = await startHandler(stage, legs);
    const ends: unknown[] = [];
    chat.handler.on('served', ({ status, cut }) => ends.push([status, cut]));
    const client = new AbortController();
    const { signal } = client;
    const asked = chat.handler(new Request(url, { method: 'POST', body: 'hi', signal }));
    if (isEarly) client.abort();
    await asked;
    client.abort();
    expect(ledger(chat.handler)).toEqual({ calls: 1, ended: 1, failed: none });
    expect(ends).toEqual([['fulfilled', stage === 'off' ? undefined : true]]);
    await chat.handler.flush();
    const { learn, mirror } = chat.handler.stats();
    expect([learn.offered, mirror.offered]).toEqual([0, 0]);
  });
});

it('lets a request’s signal go with the end of its reply', async () => {
  await using chat = await startHandler('dualwrite', legs);
  const request = new Request(url, { method: 'POST', body: 'hi' });
  const { signal } = request;
  const response = await chat.handler(request);
  const during = getEventListeners(signal, 'abort').length;
  expect(await response.text()).toBe('legacy answers');
  // What remains is Node's own: the request of a leg follows the one that it was made of.
  expect(getEventListeners(signal, 'abort')).toHaveLength(during - 1);
});

it.each([
  ['without a signal of the call’s own', undefined],
  ['with one', new AbortController().signal],
])('a candidate whose client leaves in the middle is told so %s', async (_how, signal) => {
  let heard: AbortSignal | undefined;
  await using chat = await startHandler('live', {
    ...legs,
    candidate: (context) => {
      heard = context.signal;
      return new Response(new ReadableStream({ start: (body) => body.enqueue(Buffer.from('a')) }));
    },
  });
  const client = new AbortController();
  const response = await chat.handler(new Request(url, { signal: client.signal }), { signal });
  await response.body?.getReader().read();
  client.abort(new Error('gone'));
  await Promise.resolve();
  expect(heard?.aborted).toBe(true);
  expect(ledger(chat.handler)).toEqual({ calls: 1, ended: 1, failed: none });
});

describe.each(['live', 'rampdown'] as const)('in stage %s a candidate’s body', (stage) => {
  it.each([
    ['without a signal of the call’s own', undefined],
    ['with one', new AbortController().signal],
  ])(
    'is cancelled when its client leaves while its first chunk is waited for %s',
    async (_how, signal) => {
      const pulled = Promise.withResolvers<void>();
      const cancelled = Promise.withResolvers<void>();
      const pull = (): Promise<void> => {
        pulled.resolve();
        return new Promise(() => undefined);
      };
      const body = new ReadableStream({ pull, cancel: () => cancelled.resolve() });
      const candidate = () => new Response(body);
      await using chat = await startHandler(stage, { ...legs, candidate });
      const ends: unknown[] = [];
      chat.handler.on('served', ({ leg, status, cut }) => ends.push([leg, status, cut]));
      const client = new AbortController();
      const request = new Request(url, { method: 'POST', body: 'hi', signal: client.signal });
      const asked = chat.handler(request, { signal });
      await pulled.promise;
      client.abort();
      await cancelled.promise;
      await asked; // and the server lets it lie
      expect(ends).toEqual([['candidate', 'fulfilled', true]]);
      expect(ledger(chat.handler)).toEqual({ calls: 1, ended: 1, failed: none });
    },
  );
});

describe.each(fetchServerNames)('on %s', (name) => {
  it.each(stages)('a HEAD counts as served in stage %s', async (stage) => {
    await using chat = await startChat(name, stage, legs);
    for (let n = 0; n < 3; n += 1) await fetch(chat.url, { method: 'HEAD' });
    expect(ledger(chat.handler)).toEqual({ calls: 3, ended: 3, failed: none });
  });

  it.each(stages)(
    'a client that leaves before it is answered counts in stage %s',
    async (stage) => {
      const asked = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<Response>();
      const leg = (): Promise<Response> => {
        asked.resolve();
        return answer.promise;
      };
      await using chat = await startChat(name, stage, { ...legs, legacy: leg, candidate: leg });
      const told = new Promise((resolve) => chat.handler.on('served', resolve));
      const accepted = once(chat.server, 'connection') as Promise<[net.Socket]>;
      const client = net.connect(chat.port, '127.0.0.1');
      client.on('error', () => undefined);
      client.write('POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi');
      await asked.promise;
      const [socket] = await accepted;
      const left = new Promise((resolve) => socket.once('close', resolve));
      client.resetAndDestroy();
      await left;
      answer.resolve(new Response('too late'));
      await told;
      expect(ledger(chat.handler)).toEqual({ calls: 1, ended: 1, failed: none });
    },
  );
});
