import type { Server } from 'node:http';
import type { ErrorRequestHandler, Express } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HeldBody, holdBody } from '../../src/router/adapters/node/body-hold.ts';
import { bodyReaders } from './body-readers.ts';
import { exchange, normalized } from './raw-client.ts';
import { cap, requestBodies, type SentBody } from './request-bodies.ts';
import { createApp, type Framework, frameworkNames, frameworks, listen, shut } from './servers.ts';

const ways = Object.keys(bodyReaders(frameworks['Express 5']));

interface World {
  readonly port: number;
  readonly server: Server;
  /** What was held, in the order of the requests. */
  readonly held: HeldBody[];
}

function mount(framework: Framework, held: HeldBody[] | undefined): Express {
  const app = createApp(framework);
  app.get('/again', (_req, res) => void res.send('again'));
  if (held !== undefined) {
    app.use((req, _res, next) => {
      holdBody(req, { maxBytes: cap }).then((outcome) => {
        held.push(outcome);
        next();
      });
    });
  }
  for (const [index, reader] of Object.values(bodyReaders(frameworks[framework])).entries()) {
    app.all(`/${index}`, ...reader);
  }
  const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(error.status ?? 500).json({ error: error.message, type: error.type });
  };
  app.use(answerError);
  return app;
}

async function createWorld(framework: Framework, holds: boolean): Promise<World> {
  const held: HeldBody[] = [];
  return { ...(await listen(mount(framework, holds ? held : undefined))), held };
}

/** Sends a body, and on the same connection one more request. */
function send(world: World, path: string, body: SentBody): Promise<string> {
  const head = [`${body.method ?? 'POST'} ${path} HTTP/1.1`, 'Host: test', ...body.headers];
  const [first = '', ...rest] = body.parts ?? [];
  return exchange(world.port, [
    Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(first as string)]),
    ...rest,
    'GET /again HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n',
  ]);
}

let compared = 0;
afterAll(() => {
  process.stdout.write(`body hold: ${compared} exchanges compared with the bare app\n`);
});

describe.each(frameworkNames)('%s', (framework) => {
  let bare: World;
  let holding: World;
  beforeAll(async () => {
    bare = await createWorld(framework, false);
    holding = await createWorld(framework, true);
  });
  afterAll(() => Promise.all([shut(bare.server), shut(holding.server)]));

  describe.each(Object.keys(requestBodies))('%s', (name) => {
    const body = requestBodies[name] as SentBody;
    it.each(ways)('is seen by %s as in the bare app', async (way) => {
      const path = `/${ways.indexOf(way)}`;
      const expected = normalized(await send(bare, path, body));
      expect(normalized(await send(holding, path, body))).toBe(expected);
      expect(expected).toMatch(/again$/);
      expect(holding.held.at(-1)).toEqual(
        body.raw.byteLength > cap ? 'too-large' : { body: body.raw },
      );
      compared += 1;
    });
  });
});
