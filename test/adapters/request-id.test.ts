import { createServer } from 'node:http';
import { createCutover } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { fastifyCutover } from 'engramia-cutover/fastify';
import { memoryFlags } from 'engramia-cutover/flags';
import express from 'express';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { listening } from './listening.ts';

/** What reads the id, from whatever the framework calls a request. */
type IdOf = (request: { headers: Record<string, unknown> }) => string | number | undefined;

const route = {
  name: 'chat',
  read: ({ body }: { body: unknown }) => String((body as { message: string }).message),
  identify: (message: string) => ({ tenant: 'acme', task: message }),
  candidate: (_context: unknown, message: string) => ({ reply: message }),
};

/** Asks an app of each framework once; tells by which ids its call was known, and what was contained. */
async function asked(framework: 'Express' | 'Fastify', requestId: IdOf, id = 'req-7') {
  await using cutover = createCutover({
    flags: memoryFlags('live'),
    logger: { warn: () => undefined },
  });
  const ids: string[] = [];
  const contained: string[] = [];
  cutover.on('decided', (event) => ids.push(event.requestId));
  cutover.on('served', (event) => ids.push(event.requestId));
  cutover.on('error', ({ operation }) => contained.push(operation));
  const app = framework === 'Express' ? await inExpress() : await inFastify();
  try {
    const response = await fetch(`http://127.0.0.1:${app.port}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': id },
      body: JSON.stringify({ message: 'Where is my order?' }),
    });
    expect(await response.json()).toEqual({ reply: 'Where is my order?' });
    await cutover.flush();
  } finally {
    await app.close();
  }
  return { ids, contained };

  async function inExpress() {
    const app = express().use(express.json());
    app.post('/chat', expressCutover({ ...route, cutover, requestId }));
    return listening(createServer(app).listen(0, '127.0.0.1'));
  }

  async function inFastify() {
    const app = Fastify();
    await app.register(fastifyCutover, { cutover });
    app.post('/chat', { config: { cutover: { ...route, requestId } } }, () => 'legacy');
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = await listening(app.server);
    return { port, close: () => app.close() };
  }
}

const uuid = expect.stringMatching(/^[0-9a-f]{8}-/);

describe.each(['Express', 'Fastify'] as const)('the id of a request behind %s', (framework) => {
  it('is the one that the app has for it', async () => {
    const { ids, contained } = await asked(
      framework,
      ({ headers }) => `${headers['x-request-id']}`,
    );
    expect(ids).toEqual(['req-7', 'req-7']);
    expect(contained).toEqual([]);
  });

  it('may be a number', async () => {
    expect(await asked(framework, () => 7)).toMatchObject({ ids: ['7', '7'] });
  });

  it('is cut, as a client may choose it', async () => {
    const idOf: IdOf = ({ headers }) => `${headers['x-request-id']}`;
    const { ids } = await asked(framework, idOf, 'x'.repeat(5_000));
    expect(ids).toEqual(['x'.repeat(200), 'x'.repeat(200)]);
  });

  it.each<[string, IdOf]>([
    ['is nothing', () => undefined],
    ['is empty', () => ''],
    ['comes later', (async () => 'late') as never],
  ])('is one of its own where the app’s %s', async (_what, idOf) => {
    const { ids } = await asked(framework, idOf);
    expect(ids).toEqual([uuid, uuid]);
    expect(new Set(ids).size).toBe(1);
  });

  it('is one of its own where the app fails to tell it, which is told', async () => {
    const { ids, contained } = await asked(framework, () => {
      throw new Error('no id today');
    });
    expect(ids).toEqual([uuid, uuid]);
    expect(contained).toEqual(['requestId']);
  });
});
