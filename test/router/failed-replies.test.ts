import { type CutoverEvents, createCutover, type Stage, shadowSafe } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryPairs } from 'engramia-cutover/pairs';
import { summarize } from 'engramia-cutover/report';
import express, { type Request as ExpressRequest } from 'express';
import { describe, expect, it } from 'vitest';
import { listen, shut } from '../express/servers.ts';

const identify = () => ({ tenant: 'acme', task: 'Build a CSV parser' });
const answer = { reply: 'here it is' };

const events = (...said: readonly object[]): Response => {
  const text = said.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
};

const untyped = (...chunks: readonly string[]): ReadableStream<Uint8Array> =>
  new Response(chunks.join('')).body as ReadableStream<Uint8Array>;

async function* objects(...said: readonly object[]) {
  yield* said;
}

/** Replies that are failures to whoever is served with them. */
const failures: Readonly<Record<string, () => unknown>> = {
  'a Response of 503': () => new Response('down', { status: 503 }),
  'what the route calls a failure': () => ({ ok: false }),
  'a Response that the route calls a failure': () => new Response('slow down', { status: 429 }),
  'events that end with an error': () =>
    events({ type: 'start' }, { type: 'error', errorText: 'overloaded' }),
  'events of a failed response': () =>
    events({ type: 'response.output_text.delta', delta: 'He' }, { type: 'response.failed' }),
  'a data stream that ends with an error': () => new Response('0:"He"\n3:"overloaded"\n'),
  'events of no type that end with an error': () =>
    untyped('data: {"type":"text-delta","delta":"He"}\n\n', 'event: error\ndata: overloaded\n\n'),
  'lines of JSON of no type of a failed response': () =>
    untyped('{"type":"response.created"}\n', '{"type":"response.failed"}\n'),
  'a data stream of no type that ends with an error': () => untyped('0:"He"\n', '3:"overloaded"\n'),
  'objects that end with an error': () =>
    objects({ type: 'start' }, { type: 'error', errorText: 'overloaded' }),
};

async function readAll(reply: unknown): Promise<void> {
  if (reply instanceof Response) await reply.text();
  else if (typeof reply === 'object' && reply !== null && Symbol.asyncIterator in reply) {
    for await (const _ of reply as AsyncIterable<unknown>);
  }
}

/** What is told of one call whose legs answer so. */
async function compared(stage: Stage, legs: { legacy: () => unknown; candidate: () => unknown }) {
  const pairs = memoryPairs();
  const cutover = createCutover({ flags: memoryFlags(stage), pairs });
  const told: CutoverEvents['compared'][] = [];
  cutover.on('compared', (event) => void told.push(event));
  const handler = cutover.handler({
    name: 'chat',
    legacy: async () => legs.legacy(),
    candidate: shadowSafe(async () => legs.candidate()),
    identify,
    fallback: {
      isFailure: (reply) =>
        reply instanceof Response
          ? reply.status === 429 || reply.status >= 500
          : (reply as { ok?: boolean } | null)?.ok === false,
    },
  });
  await readAll(await handler());
  await cutover.close();
  return { told, outcomes: summarize(pairs).outcomes };
}

describe('a reply that is a failure although nothing was thrown', () => {
  it.each(Object.entries(failures))('counts against a mirrored candidate: %s', async (_, make) => {
    const { told, outcomes } = await compared('shadow', { legacy: () => answer, candidate: make });
    expect(told[0]?.mirrored).toMatchObject({
      status: 'rejected',
      error: { name: 'FailedReply', code: 'ERR_CUTOVER_FAILED_REPLY' },
    });
    expect(told[0]?.divergence).toMatchObject({ verdict: 'worse', notes: ['candidate-failed'] });
    expect(outcomes.candidateFailed.count).toBe(1);
  });

  it.each(Object.entries(failures).filter(([name]) => !name.startsWith('a Response that')))(
    'counts against legacy as well: %s',
    async (_, make) => {
      const legs = { legacy: make, candidate: () => answer };
      const { told, outcomes } = await compared('shadow', legs);
      expect(told[0]?.divergence?.notes).toEqual(['legacy-failed']);
      expect(outcomes.legacyFailed.count).toBe(1);
      const both = await compared('shadow', { legacy: make, candidate: make });
      expect(both.told[0]?.divergence?.notes).toEqual(['both-failed']);
    },
  );

  it('tells the status and no word of it', async () => {
    const candidate = () => new Response('the key is sk-1', { status: 503 });
    const { told } = await compared('shadow', { legacy: () => answer, candidate });
    expect(told[0]?.mirrored.error?.status).toBe(503);
    expect(JSON.stringify(told)).not.toContain('sk-1');
  });

  it('is none where it is a refusal of the caller, or says nothing', async () => {
    for (const candidate of [() => new Response('no', { status: 404 }), () => events()]) {
      const { told } = await compared('shadow', { legacy: () => answer, candidate });
      expect(told[0]?.mirrored.status).toBe('fulfilled');
    }
  });
});

describe.each([
  [503, {}],
  [429, { isFailure: (reply: unknown) => reply instanceof Response && reply.status === 429 }],
])('the same behind a framework, of a Response of %i', (status, fallback) => {
  const flags = memoryFlags('shadow');
  const candidate = shadowSafe(async () => new Response('down', { status }));

  it('counts behind fetch', async () => {
    const told: CutoverEvents['compared'][] = [];
    const legacy = async () => Response.json(answer);
    const chat = fetchCutover({ name: 'chat', legacy, candidate, identify, fallback, flags });
    chat.on('compared', (event) => void told.push(event));
    await (await chat(new Request('http://chat.test/'))).text();
    await chat.close();
    expect(told[0]?.mirrored.error).toMatchObject({ name: 'FailedReply', status });
    expect(told[0]?.divergence?.notes).toEqual(['candidate-failed']);
  });

  it('counts behind Express', async () => {
    const told: CutoverEvents['compared'][] = [];
    const read = (req: ExpressRequest): string => req.path;
    const cutover = expressCutover({ name: 'chat', read, candidate, identify, fallback, flags });
    cutover.on('compared', (event) => void told.push(event));
    const app = express();
    app.get('/', cutover, (_req, res) => void res.json(answer));
    const { server, port } = await listen(app);
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await shut(server);
    await cutover.close();
    expect(told[0]?.divergence?.notes).toEqual(['candidate-failed']);
  });
});
