import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  type StreamedRunResult,
} from '@openai/agents';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { readEventStream } from '../../src/router/replies/event-stream-text.ts';
import { EventText } from '../../src/router/replies/event-text.ts';
import { untypedEvents } from '../../src/router/replies/untyped-events.ts';
import { localServer, sendEvents } from './event-server.ts';
import { message, streamWorld } from './world.ts';

const pieces = ['Streams ', 'come in ', 'pieces.'];
const answer = pieces.join('');
const half = 'Streams come in ';

const chunk = (delta: object, finish_reason?: string | null, more: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, ...(finish_reason !== undefined && { finish_reason }) }],
  ...more,
});

const said = {
  type: 'message',
  id: 'msg',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: answer, annotations: [] }],
};
const response = {
  id: 'r',
  object: 'response',
  status: 'completed',
  output: [said],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};
const place = { item_id: 'msg', output_index: 0, content_index: 0 };

interface Sent {
  /** As far as a proxy passes them on that is cut off. */
  readonly begin: readonly object[];
  readonly end: readonly object[];
}

/** Streams as their services send them. */
const protocols = {
  'chat completions': {
    begin: [
      chunk({ role: 'assistant', content: '' }, null),
      ...pieces.slice(0, 2).map((content) => chunk({ content }, null)),
    ],
    end: [
      chunk({ content: 'pieces.' }, null),
      chunk({}, 'stop'),
      { ...chunk({}), choices: [], usage: { total_tokens: 3 } },
    ],
  },
  'chat completions that leave out what is not known yet': {
    begin: pieces.slice(0, 2).map((content) => chunk({ content })),
    end: [chunk({ content: 'pieces.' }, 'stop')],
  },
  Responses: {
    begin: [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.in_progress', response: { id: 'r' } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...said, status: 'in_progress', content: [] },
      },
      {
        type: 'response.content_part.added',
        ...place,
        part: { type: 'output_text', text: '', annotations: [] },
      },
      ...pieces
        .slice(0, 2)
        .map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    ],
    end: [
      { type: 'response.output_text.delta', ...place, delta: 'pieces.' },
      { type: 'response.output_text.done', ...place, text: answer },
      { type: 'response.output_item.done', output_index: 0, item: said },
      { type: 'response.completed', response },
    ],
  },
  'Responses that are broken off by their own limits': {
    begin: [
      { type: 'response.created', response: {} },
      { type: 'response.output_text.delta', delta: half },
    ],
    end: [
      { type: 'response.output_text.delta', delta: 'pieces.' },
      { type: 'response.incomplete', response: { status: 'incomplete' } },
    ],
  },
  'Responses that had to wait': {
    begin: [
      { type: 'response.queued', response: {} },
      { type: 'response.output_text.delta', delta: half },
    ],
    end: [{ type: 'response.output_text.delta', delta: 'pieces.' }, { type: 'response.completed' }],
  },
  "the AI SDK's messages": {
    begin: [
      { type: 'start', messageId: 'm' },
      { type: 'start-step' },
      { type: 'text-start', id: '0' },
      ...pieces.slice(0, 2).map((delta) => ({ type: 'text-delta', id: '0', delta })),
    ],
    end: [
      { type: 'text-delta', id: '0', delta: 'pieces.' },
      { type: 'text-end', id: '0' },
      { type: 'finish-step' },
      { type: 'finish', finishReason: 'stop' },
    ],
  },
  "the AI SDK's full stream": {
    begin: [
      { type: 'start' },
      { type: 'start-step', request: {}, warnings: [] },
      ...pieces.slice(0, 2).map((text) => ({ type: 'text-delta', id: '0', text })),
    ],
    end: [
      { type: 'text-delta', id: '0', text: 'pieces.' },
      { type: 'finish-step', finishReason: 'stop' },
      { type: 'finish', finishReason: 'stop', totalUsage: {} },
    ],
  },
  "the Agents SDK's runs": {
    begin: [
      { type: 'agent_updated_stream_event', agent: {} },
      ...[
        { type: 'response_started' },
        ...pieces.slice(0, 2).map((delta) => ({ type: 'output_text_delta', delta })),
      ].map((data) => ({ type: 'raw_model_stream_event', data })),
    ],
    end: [
      ...[
        { type: 'output_text_delta', delta: 'pieces.' },
        { type: 'response_done', response: {} },
      ].map((data) => ({ type: 'raw_model_stream_event', data })),
      { type: 'run_item_stream_event', name: 'saidoutput_created', item: {} },
    ],
  },
} as const satisfies Record<string, Sent>;
const names = Object.keys(protocols) as (keyof typeof protocols)[];

const sse = (events: readonly unknown[]): string =>
  events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('');
const lines = (events: readonly unknown[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

function ofObjects(events: readonly unknown[]): EventText {
  const read = new EventText();
  for (const event of events) read.add(event);
  return read;
}

const told = (read: EventText | undefined) => ({ hasFailed: read?.hasFailed, text: read?.text });

async function* generate(chunks: readonly unknown[]) {
  yield* chunks;
}

async function collect(stream: unknown): Promise<unknown[]> {
  const got: unknown[] = [];
  for await (const one of stream as AsyncIterable<unknown>) got.push(one);
  return got;
}

describe.each(names)('an answer by %s', (name) => {
  const { begin, end }: Sent = protocols[name];

  it.each<[string, (events: readonly object[]) => EventText | undefined]>([
    ['objects', ofObjects],
    ['server-sent events', (events) => readEventStream(sse(events))],
    ['lines of JSON', (events) => untypedEvents(lines(events))],
  ])('has failed that does not come to its end, as %s', (_way, read) => {
    expect(told(read(begin))).toEqual({ hasFailed: true, text: undefined });
    expect(told(read([...begin, ...end]))).toEqual({ hasFailed: false, text: answer });
  });

  it('has failed that is cut in the middle of an event', () => {
    const [first = {}] = end;
    const cut = JSON.stringify(first).slice(0, -5);
    expect(readEventStream(`${sse(begin)}data: ${cut}`).hasFailed).toBe(true);
    expect(untypedEvents(lines(begin) + cut)?.hasFailed).toBe(true);
  });

  it('is whole where the mark of the end follows', () => {
    const marked = readEventStream(sse([...begin, '[DONE]']));
    expect(told(marked)).toEqual({ hasFailed: false, text: half });
  });

  it('is not learned when it is half of one, and has failed where it is mirrored', async () => {
    const { handler, learned } = await streamWorld('dualwrite', () => generate(begin));
    expect(await collect(await handler(message))).toEqual(begin);
    expect(await learned()).toEqual([]);
    const mirrored = await streamWorld('shadow', (leg) =>
      generate(leg === 'legacy' ? [...begin, ...end] : begin),
    );
    await collect(await mirrored.handler(message));
    expect(await mirrored.learned()).toEqual([answer]);
    expect(mirrored.compared[0]?.mirrored).toMatchObject({
      status: 'rejected',
      error: { name: 'FailedReply' },
    });
  });
});

describe('an answer of several', () => {
  const asked = { tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '{}' } }] };

  it.each<[string, readonly object[], Sent]>([
    [
      'completions',
      [chunk(asked, null), chunk({}, 'tool_calls')],
      protocols['chat completions that leave out what is not known yet'],
    ],
    [
      'responses',
      [{ type: 'response.created' }, { type: 'response.completed' }],
      protocols.Responses,
    ],
  ])('%s has failed when the last one is half', (_what, first, { begin, end }) => {
    expect(ofObjects([...first, ...begin]).hasFailed).toBe(true);
    const whole = ofObjects([...first, ...begin, ...end]);
    expect(told(whole)).toEqual({ hasFailed: false, text: answer });
  });

  it('choices is whole by its first', () => {
    const other = { ...chunk({}), choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] };
    const begun = [chunk({ content: answer }), other];
    expect(ofObjects(begun).hasFailed).toBe(true);
    expect(ofObjects([...begun, chunk({}, 'stop')]).hasFailed).toBe(false);
  });
});

describe('a stream of an app’s own', () => {
  it.each<[string, readonly object[]]>([
    ['the deltas of completions', pieces.map((content) => ({ choices: [{ delta: { content } }] }))],
    [
      'the deltas of responses',
      pieces.map((delta) => ({ type: 'response.output_text.delta', delta })),
    ],
    ['the deltas of the AI SDK', pieces.map((delta) => ({ type: 'text-delta', delta }))],
    [
      'a start and an end of its own',
      [{ type: 'start' }, ...pieces.map((text) => ({ type: 'token', text })), { type: 'end' }],
    ],
  ])('that sends %s is whole', (_what, events) => {
    expect(told(ofObjects(events))).toEqual({ hasFailed: false, text: answer });
    expect(told(readEventStream(sse(events)))).toEqual({ hasFailed: false, text: answer });
  });
});

it('an answer that the AI SDK ends by an error has failed', () => {
  const { begin } = protocols["the AI SDK's messages"];
  const finish = (finishReason: string) => ({ type: 'finish', finishReason });
  expect(ofObjects([...begin, finish('error')]).hasFailed).toBe(true);
  expect(readEventStream(sse([...begin, finish('error'), '[DONE]'])).hasFailed).toBe(true);
  expect(ofObjects([...begin, finish('length')]).hasFailed).toBe(false);
});

type Open = (client: OpenAI) => Promise<unknown>;
const chat = { model: 'm', messages: [] };
const asked = { model: 'm', input: 'hi' };

/** What the real packages give of what a service sends. */
const clients: Readonly<Record<string, [Sent, Open]>> = {
  'a stream of chat completions': [
    protocols['chat completions'],
    (client) => client.chat.completions.create({ ...chat, stream: true }),
  ],
  'the helper of chat completions': [
    protocols['chat completions'],
    async (client) => client.chat.completions.stream(chat),
  ],
  'a stream of a response': [
    protocols.Responses,
    (client) => client.responses.create({ ...asked, stream: true }),
  ],
  'the helper of responses': [
    protocols.Responses,
    async (client) => client.responses.stream(asked),
  ],
};

describe.each(Object.keys(clients))('%s of OpenAI’s client', (name) => {
  const [{ begin, end }, open] = clients[name] as [Sent, Open];

  async function learnedOf(events: readonly object[]) {
    await using server = await localServer((_req, res) => sendEvents(res, events));
    const client = new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
    const { handler, learned } = await streamWorld('dualwrite', () => open(client));
    // A helper fails by itself where it misses the end.
    await collect(await handler(message)).catch(() => undefined);
    return learned();
  }

  it('is learned when it is whole, and not when its connection ends before', async () => {
    expect(await learnedOf([...begin, ...end])).toEqual([answer]);
    expect(await learnedOf(begin)).toEqual([]);
  });
});

describe.each([
  ['chat completions', OpenAIChatCompletionsModel],
  ['Responses', OpenAIResponsesModel],
] as const)('a run of the Agents SDK by %s', (name, Model) => {
  const { begin, end }: Sent = protocols[name];

  type Read = (run: unknown) => unknown;

  async function learnedOf(events: readonly object[], read: Read = (run) => run) {
    await using server = await localServer((_req, res) => sendEvents(res, events));
    const client = new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
    const agent = new Agent({ name: 'memo', model: new Model(client as never, 'm') });
    const runner = new Runner({ tracingDisabled: true });
    const { handler, learned } = await streamWorld('dualwrite', () =>
      runner.run(agent, 'hi', { stream: true }),
    );
    await collect(await read(await handler(message))).catch(() => undefined);
    return learned();
  }

  it.each<[string, Read]>([
    ['its events', (run) => run],
    ['its text', (run) => (run as StreamedRunResult<unknown, never>).toTextStream()],
  ])('is learned when it is whole, read by %s', async (_way, read) => {
    expect(await learnedOf([...begin, ...end], read)).toEqual([answer]);
  });

  it('is not learned when its connection ends before', async () => {
    expect(await learnedOf(begin)).toEqual([]);
  });
});
