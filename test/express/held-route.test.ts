import { once } from 'node:events';
import net from 'node:net';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyReaders } from './body-readers.ts';
import { learning, question, startChat } from './chat-app.ts';
import { exchange, normalized } from './raw-client.ts';
import { cap, requestBodies, type SentBody } from './request-bodies.ts';
import { createApp, type Framework, frameworkNames, frameworks, listen, shut } from './servers.ts';

/** Parsers as apps mount them; the test of the hold itself goes through every way of reading. */
const ways = [
  'the JSON parser',
  'all parsers in turn',
  'a verifying parser',
  'an async loop',
  'a pipe',
];

const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(error.status ?? 500).json({ error: error.message, type: error.type });
};

function createWorld(framework: Framework, ...before: RequestHandler[]) {
  const app = createApp(framework);
  const readers = bodyReaders(frameworks[framework]);
  for (const [index, way] of ways.entries()) {
    app.all(`/${index}`, ...before, ...(readers[way] ?? []));
  }
  app.use(answerError);
  return listen(app);
}

function send(port: number, way: string, body: SentBody): Promise<string> {
  const path = `/${ways.indexOf(way)}`;
  const lines = [`${body.method ?? 'POST'} ${path} HTTP/1.1`, 'Host: test', 'Connection: close'];
  const head = `${[...lines, ...body.headers].join('\r\n')}\r\n\r\n`;
  return exchange(port, [head, ...(body.parts ?? [])]);
}

let compared = 0;
afterAll(() => {
  process.stdout.write(`held routes: ${compared} exchanges compared with the bare app\n`);
});

describe.each(frameworkNames)('a route that holds its body in %s', (framework) => {
  let bare: Awaited<ReturnType<typeof listen>>;
  let held: Awaited<ReturnType<typeof listen>>;
  beforeAll(async () => {
    const { engramia } = await learning();
    const cutover = expressCutover({
      name: 'held',
      body: 'hold',
      maxBodyBytes: cap,
      read: (req) => req.body as unknown,
      identify: () => ({ tenant: 'acme', task: question }),
      candidate: () => 'never asked',
      flags: memoryFlags('dualwrite'),
      engramia,
      logger: { warn: () => undefined },
    });
    bare = await createWorld(framework);
    held = await createWorld(framework, cutover);
  });
  afterAll(() => Promise.all([shut(bare.server), shut(held.server)]));

  describe.each(ways)('and is read by %s', (way) => {
    it.each(Object.keys(requestBodies))('gets %s as in the bare app', async (name) => {
      const body = requestBodies[name] as SentBody;
      const expected = normalized(await send(bare.port, way, body));
      expect(normalized(await send(held.port, way, body))).toBe(expected);
      compared += 1;
    });
  });

  const json = frameworks[framework].json({ limit: '4mb' });
  const holding = { before: [], behind: [json] } as const;

  it.each(['dualwrite', 'live'] as const)(
    'gives `read` the parsed body in stage %s',
    async (stage) => {
      await using app = await startChat(framework, {
        ...holding,
        stage,
        options: { body: 'hold' },
      });
      const leg = stage === 'live' ? 'candidate' : 'legacy';
      expect(await (await app.ask()).json()).toEqual({ reply: `${leg}: ${question}` });
      await app.cutover.flush();
      expect(app.fake.patterns('default')[0]).toMatchObject({
        task: question,
        code: `${leg}: ${question}`,
      });
    },
  );

  it('gives the body back to legacy when the candidate has failed', async () => {
    const candidate = async (): Promise<never> => Promise.reject(new Error('candidate broke'));
    await using app = await startChat(framework, {
      ...holding,
      stage: 'live',
      options: { body: 'hold', candidate },
    });
    expect(await (await app.ask()).json()).toEqual({ reply: `legacy: ${question}` });
  });

  it('gives `read` what an earlier parser made of the body', async () => {
    await using app = await startChat(framework, {
      before: [json],
      stage: 'live',
      options: { body: 'hold' },
    });
    expect(await (await app.ask()).json()).toEqual({ reply: `candidate: ${question}` });
  });

  it('lets legacy answer a body that is too large to be held, without reading it', async () => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return { message: question };
    };
    await using app = await startChat(framework, {
      ...holding,
      stage: 'live',
      options: { body: 'hold', maxBodyBytes: 1_000, read },
    });
    const message = 'x'.repeat(2_000);
    expect(await (await app.ask(message)).json()).toEqual({ reply: `legacy: ${message}` });
    expect(reads).toBe(0);
    expect(app.cutover.stats().routes.chat?.undecided.identify).toBe(1);
  });

  it('never asks the candidate for a client who left in mid-upload', async () => {
    let asked = 0;
    const candidate = () => {
      asked += 1;
      return 'x';
    };
    const behind: RequestHandler[] = [];
    const reached = new Promise<void>((resolve) => behind.push(() => resolve()));
    await using app = await startChat(framework, {
      before: [],
      behind,
      stage: 'live',
      options: { body: 'hold', candidate, read: () => ({ message: question }) },
    });
    const socket = net.connect(app.port, '127.0.0.1');
    socket.write('POST /chat HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nfour');
    await once(app.server, 'request');
    socket.destroy();
    await reached;
    expect(asked).toBe(0);
  });
});
