import { describe, expect, it } from 'vitest';
import { message, stages, streamWorld } from './world.ts';

const answer = 'Streams come in pieces.';
const pieces = ['Streams ', 'come in ', 'pieces.'];
const delta = (type: string) => pieces.map((piece) => ({ type, id: 't', delta: piece }));

/** Streams of objects as their libraries give them; each says the answer. */
const protocols: Readonly<Record<string, readonly object[]>> = {
  "OpenAI's chat completions": [
    { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
    ...pieces.map((content) => ({ choices: [{ index: 0, delta: { content } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: { total_tokens: 3 } },
  ],
  "OpenAI's Responses": [
    { type: 'response.created', response: { id: 'r' } },
    { type: 'response.reasoning_summary_text.delta', delta: 'a thought' },
    ...delta('response.output_text.delta'),
    { type: 'response.output_text.done', text: answer },
    { type: 'response.completed', response: { id: 'r', output_text: answer } },
  ],
  "the AI SDK's messages": [
    { type: 'start' },
    { type: 'reasoning-delta', id: 'r', delta: 'a thought' },
    { type: 'text-start', id: 't' },
    ...delta('text-delta'),
    { type: 'text-end', id: 't' },
    { type: 'finish' },
  ],
  "the Agents SDK's runs": [
    { type: 'agent_updated_stream_event', agent: {} },
    ...delta('output_text_delta').map((data) => ({ type: 'raw_model_stream_event', data })),
    { type: 'run_item_stream_event', name: 'message_output_created', item: { content: answer } },
  ],
  Assistants: pieces.map((value) => ({
    object: 'thread.message.delta',
    delta: { content: [{ type: 'text', text: { value } }] },
  })),
  'Assistants, as the client gives them': [
    { event: 'thread.run.created', data: { object: 'thread.run', status: 'queued' } },
    ...pieces.map((value) => ({
      event: 'thread.message.delta',
      data: {
        object: 'thread.message.delta',
        delta: { content: [{ type: 'text', text: { value } }] },
      },
    })),
    { event: 'thread.run.completed', data: { object: 'thread.run', status: 'completed' } },
  ],
  'objects with a text': pieces.map((text) => ({ text })),
};

/** The same as it is sent: server-sent events that nobody declares to be some. */
const bareEvents = (events: readonly object[]): string[] => [
  ...events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
  'data: [DONE]\n\n',
];

async function* generate(chunks: readonly unknown[]) {
  yield* chunks;
}

async function collect(stream: unknown): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const chunk of stream as AsyncIterable<unknown>) got.push(chunk);
  return got;
}

describe.each(stages)('a stream of objects in stage %s', (stage) => {
  it.each(Object.keys(protocols))('gives the very objects of %s, and is learned', async (name) => {
    const chunks = protocols[name] as readonly object[];
    const { handler, learned } = await streamWorld(stage, () => generate(chunks));
    const got = await collect(await handler(message));
    expect(got).toHaveLength(chunks.length);
    for (const [index, chunk] of got.entries()) expect(chunk).toBe(chunks[index]);
    expect(await learned()).toEqual(stage === 'off' ? [] : [answer]);
  });
});

describe.each(Object.keys(protocols))('bare server-sent events of %s', (name) => {
  const sent = bareEvents(protocols[name] as readonly object[]);

  it('are learned by the text in them, as strings and as bytes', async () => {
    for (const chunks of [sent, sent.map((chunk) => Buffer.from(chunk))]) {
      const { handler, learned } = await streamWorld('dualwrite', () => generate(chunks));
      expect(await collect(await handler(message))).toEqual(chunks);
      expect(await learned()).toEqual([answer]);
    }
  });

  it('are compared with a stream of the objects as the same text', async () => {
    const { handler, compared } = await streamWorld('shadow', (leg) =>
      generate(leg === 'legacy' ? sent : (protocols[name] as readonly object[])),
    );
    await collect(await handler(message));
    await handler.flush();
    expect(compared).toHaveLength(1);
    expect(compared[0]?.mirrored).toMatchObject({ chars: answer.length });
    expect(compared[0]?.mirrored.sha256).toBe(compared[0]?.served.sha256);
  });
});

describe('a stream that says that it failed', () => {
  it.each<[string, object]>([
    ['an error event', { type: 'error', message: 'overloaded' }],
    ['a failed response', { type: 'response.failed', response: {} }],
    ['an error field', { error: { message: 'overloaded' } }],
  ])('by %s is served whole, and not learned', async (_what, last) => {
    const chunks = [...delta('response.output_text.delta'), last];
    const { handler, learned } = await streamWorld('dualwrite', () => generate(chunks));
    expect(await collect(await handler(message))).toEqual(chunks);
    expect(await learned()).toEqual([]);
    const { learn, routes } = handler.stats();
    expect([learn.offered, routes.chat?.failed.legacy, routes.chat?.served.legacy]).toEqual([
      0, 1, 0,
    ]);
  });
});

describe('a stream that says that nothing failed', () => {
  it.each([false, '', 0, null])('by an error that is %j is learned', async (error) => {
    const chunks = [...delta('response.output_text.delta'), { type: 'response.completed', error }];
    const { handler, learned } = await streamWorld('dualwrite', () => generate(chunks));
    await collect(await handler(message));
    expect(await learned()).toEqual([answer]);
  });
});

describe('text that only looks like events', () => {
  it.each<[string, string]>([
    ['prose with a line of data', 'The data:\n\nis below, and there is no more of it.'],
    ['an event that no blank line ends', 'data: one line of it'],
  ])('is learned as it is: %s', async (_what, text) => {
    const { handler, learned } = await streamWorld('dualwrite', () => generate([text]));
    await collect(await handler(message));
    expect(await learned()).toEqual([text]);
  });
});

describe("a route's own view", () => {
  it.each<[string, () => unknown, unknown]>([
    ['the joined text of a stream of text', () => generate(pieces), answer],
    [
      'the joined text of a stream of objects',
      () => generate(protocols.Assistants as readonly object[]),
      answer,
    ],
    [
      'the parsed body of a Response of JSON',
      () => Response.json({ deep: { text: answer } }),
      { deep: { text: answer } },
    ],
    [
      'server-sent events as they were sent',
      () => generate(bareEvents([{ text: answer }])),
      bareEvents([{ text: answer }]).join(''),
    ],
    ['a value as it is', () => ({ deep: answer }), { deep: answer }],
  ])('gets %s', async (_what, make, expected) => {
    const seen: unknown[] = [];
    const { handler, learned } = await streamWorld('dualwrite', make, {
      view: (reply: unknown) => {
        seen.push(reply);
        return { text: 'what the view says' };
      },
    });
    const reply = await handler(message);
    if (reply instanceof Response) await reply.text();
    else if (Symbol.asyncIterator in (reply as object)) await collect(reply);
    expect(await learned()).toEqual(['what the view says']);
    expect(seen).toEqual([expected]);
  });

  it.each<[string, readonly unknown[]]>([
    ['objects', [{ text: 'half' }, { type: 'error' }]],
    ['strings', ['data: half\n\n', 'event: error\ndata: overloaded\n\n']],
    ['bytes', [Buffer.from('data: half\n\nevent: error\ndata: overloaded\n\n')]],
  ])('is given no stream of %s that tells of its failure', async (_what, chunks) => {
    const seen: unknown[] = [];
    const { handler, learned } = await streamWorld('dualwrite', () => generate(chunks), {
      view: (reply: unknown) => {
        seen.push(reply);
        return { text: 'what the view says' };
      },
    });
    await collect(await handler(message));
    expect(await learned()).toEqual([]);
    expect(seen).toEqual([]);
  });
});
