import {
  createCutoverHandler,
  createEngramiaClient,
  type Divergence,
  oneScope,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { assistantsLeg, isGone, responsesCandidate, responsesLeg } from 'engramia-cutover/openai';
import { fakeEngramia } from 'engramia-cutover/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { message } from './responses-service.ts';

let server: OpenAIServer;

beforeEach(async () => {
  server = await OpenAIServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

const identify = (user: string, text: string) => ({ tenant: 'acme', user, task: text });

const assistant = () =>
  assistantsLeg({
    client: server.client(),
    assistantId: 'asst_1',
    threadOf: (_user: string, _text: string) => 'thread_1',
    pollMs: 1,
  });

const lookUp = { id: 'c1', type: 'function', function: { name: 'look_up', arguments: '{"id":7}' } };

describe('an assistant as legacy', () => {
  it('answers the user, and the exchange is learned', async () => {
    const fake = await fakeEngramia();
    const client = createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch });
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: assistant(),
      candidate: (_context, _user, _text) => expect.fail('not asked'),
      identify,
      flags: memoryFlags('dualwrite'),
      engramia: oneScope(client),
      isGone,
    });
    const reply = await handler('ann', 'what is a monad?');
    expect(reply).toMatchObject({ text: 'the answer', threadId: 'thread_1', runId: 'run_1' });
    await handler.flush();
    expect(fake.patterns('default').map(({ task, code }) => ({ task, code }))).toEqual([
      { task: 'what is a monad?', code: 'the answer' },
    ]);
    await handler.close();
    await client.close();
  });

  it('is compared with a candidate of responses by text and tools', async () => {
    server.assistants.plan({ calls: [lookUp] });
    const called = { type: 'function_call', name: 'look_up', arguments: '{"id":8}' };
    server.responses.output = [called, message('the answer')];
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: assistant(),
      candidate: responsesCandidate({
        client: server.client(),
        model: 'gpt-test',
        input: (_user: string, text: string) => text,
        reply: ({ text, toolCalls }) => ({
          ...{ text, toolCalls, images: [], threadId: '', runId: '' },
        }),
      }),
      identify,
      flags: memoryFlags('shadow'),
    });
    const compared: { mirrored: object; divergence?: Divergence | undefined }[] = [];
    handler.on('compared', (event) => compared.push(event));
    await handler('ann', 'what is a monad?');
    await handler.flush();
    expect(compared).toMatchObject([
      { mirrored: { leg: 'candidate', status: 'fulfilled' }, divergence: { verdict: 'different' } },
    ]);
    expect(compared[0]?.divergence?.notes.join()).toContain('tool');
    expect(server.last(/POST \/responses/).body).toMatchObject({ store: false });
    await handler.close();
  });

  it('runs again in the shadow of a served candidate, in a thread of its own', async () => {
    const legacy = assistant();
    const handler = createCutoverHandler({
      name: 'chat',
      legacy,
      legacyShadow: legacy.shadow,
      candidate: async () => ({ text: 'hi', images: [], threadId: '', runId: '' }),
      identify,
      flags: memoryFlags('live'),
    });
    const legs: string[] = [];
    handler.on('compared', ({ mirrored }) => legs.push(`${mirrored.leg} ${mirrored.status}`));
    expect((await handler('ann', 'what is a monad?')).text).toBe('hi');
    await handler.flush();
    expect(legs).toEqual(['legacy fulfilled']);
    await server.until(/DELETE \/threads\/thread_2_new/);
    expect(server.assistants.threads.get('thread_1')).toEqual([]);
    await handler.close();
  });

  it('that has gone turns the way back into a freeze', async () => {
    const flags = memoryFlags('off');
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: assistant(),
      candidate: async () => ({ text: 'candidate', images: [], threadId: '', runId: '' }),
      identify,
      flags,
      isGone,
    });
    server.fail(
      /messages/,
      { status: 404, body: { error: { message: "No thread found with id 'thread_1'." } } },
      1,
    );
    await expect(handler('ann', 'hello there')).rejects.toMatchObject({ status: 404 });
    flags.setDefault('live');
    expect(handler.kill('one thread is missing')).toBe('killed');
    handler.revive();
    flags.setDefault('off');
    server.fail(/./, { status: 410, body: { error: { message: 'Sunset.' } } });
    await expect(handler('ann', 'hello there')).rejects.toMatchObject({ status: 410 });
    flags.setDefault('live');
    expect(handler.kill('rolling back')).toBe('frozen');
    expect((await handler('ann', 'hello there')).text).toBe('candidate');
    await handler.close();
  });
});

describe('a thread that a client names', () => {
  it.each(['..', '.', ''])('makes no legacy gone for everybody by the name %j', async (name) => {
    const flags = memoryFlags('off');
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: assistantsLeg({
        client: server.client(),
        assistantId: 'asst_1',
        threadOf: (_user: string, _text: string, thread: string) => thread,
        input: (_user, text) => text,
        pollMs: 1,
      }),
      candidate: async () => ({ text: 'candidate', images: [], threadId: '', runId: '' }),
      identify,
      flags,
      isGone,
    });
    await expect(handler('eve', 'hello there', name)).rejects.toMatchObject({
      code: 'ERR_OPENAI_RUN_FAILED',
      message: 'The run failed: invalid_id.',
    });
    expect(server.lines).toEqual([]);
    flags.setDefault('live');
    expect(handler.kill('the way back')).toBe('killed');
    expect((await handler('ann', 'hello there', 'thread_1')).text).toBe('the answer');
    await handler.close();
  });
});

describe('the Responses API as legacy', () => {
  it('streams the client’s events to the user, and their text is learned', async () => {
    const fake = await fakeEngramia();
    const client = createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch });
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: responsesLeg({
        client: server.client(),
        model: 'gpt-test',
        input: (_user: string, text: string) => text,
        stream: true,
      }),
      candidate: (_context, _user, _text) => expect.fail('not asked'),
      identify,
      flags: memoryFlags('dualwrite'),
      engramia: oneScope(client),
    });
    const types: string[] = [];
    for await (const event of await handler('ann', 'what is a monad?')) types.push(event.type);
    expect(types).toEqual([
      'response.created',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.completed',
    ]);
    await handler.flush();
    expect(fake.patterns('default').map(({ code }) => code)).toEqual(['the answer']);
    await handler.close();
    await client.close();
  });
});

describe('the Responses API as a candidate', () => {
  it.each([false, true])('is replaced by legacy when it fails (stream: %s)', async (stream) => {
    server.fail(/responses/, { status: 500, body: { error: { message: 'down' } } });
    const shared = { client: server.client(), model: 'gpt-test' };
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (user: string, text: string): Promise<unknown> => `legacy ${user} ${text}`,
      candidate: stream
        ? responsesCandidate({ ...shared, stream })
        : responsesCandidate({ ...shared }),
      identify,
      flags: memoryFlags('live'),
    });
    expect(await handler('ann', 'hello there')).toBe('legacy ann hello there');
    await handler.close();
  });
});
