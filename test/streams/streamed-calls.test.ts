import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  tool,
} from '@openai/agents';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ReplyView } from '../../src/core/call/subject.ts';
import { dataStreamText } from '../../src/router/replies/data-stream-text.ts';
import { EventRecording } from '../../src/router/replies/event-recording.ts';
import { readEventStream } from '../../src/router/replies/event-stream-text.ts';
import { EventText } from '../../src/router/replies/event-text.ts';
import { exchangeView } from '../../src/router/replies/exchange-view.ts';
import { ScriptedModel } from '../agents/scripted-model.ts';
import { bytesInUse } from '../shadow/collect-garbage.ts';
import { localServer, sendEvents } from './event-server.ts';
import { message, streamWorld } from './world.ts';

const answer = 'It is done.';

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
});
const piece = (index: number, given: string, first?: readonly [id: string, name: string]) => ({
  index,
  ...(first && { id: first[0], type: 'function' }),
  function: { ...(first && { name: first[1] }), arguments: given },
});
const calling = (...tool_calls: readonly object[]) => chunk({ tool_calls });
const done = (item: object) => ({ type: 'response.output_item.done', output_index: 0, item });
const called = (name: string, given: object) => ({
  type: 'function_call',
  id: 'fc',
  call_id: 'call',
  name,
  arguments: JSON.stringify(given),
  status: 'completed',
});
const ran = (rawItem: object) => ({
  type: 'run_item_stream_event',
  name: 'tool_called',
  item: { type: 'tool_call_item', rawItem },
});
const modelSent = (data: object) => ({ type: 'raw_model_stream_event', data });

type Events = readonly object[];
/** Streams that call one tool with one order, and say the same whatever they have called. */
const protocols: Readonly<Record<string, (name: string, order: number) => Events>> = {
  'chat completions': (name, order) => [
    calling(piece(0, '', ['call', name])),
    calling(piece(0, '{"ord')),
    calling(piece(0, `er":${order}}`)),
    chunk({}, 'tool_calls'),
    chunk({ content: answer }),
    chunk({}, 'stop'),
  ],
  Responses: (name, order) => [
    { type: 'response.created' },
    { type: 'response.output_item.added', item: { type: 'function_call', name, arguments: '' } },
    { type: 'response.function_call_arguments.delta', delta: '{"order":' },
    done(called(name, { order })),
    { type: 'response.output_text.delta', delta: answer },
    { type: 'response.completed', response: { output: [called(name, { order })] } },
  ],
  "the AI SDK's messages": (toolName, order) => [
    { type: 'start' },
    { type: 'start-step' },
    { type: 'tool-input-start', toolCallId: 'call', toolName },
    { type: 'tool-input-delta', toolCallId: 'call', inputTextDelta: '{"order":' },
    { type: 'tool-input-available', toolCallId: 'call', toolName, input: { order } },
    { type: 'tool-output-available', toolCallId: 'call', output: { ok: true } },
    { type: 'text-delta', id: '0', delta: answer },
    { type: 'finish-step' },
    { type: 'finish' },
  ],
  "the AI SDK's full stream": (toolName, order) => [
    { type: 'start' },
    { type: 'tool-call', toolCallId: 'call', toolName, input: { order } },
    { type: 'tool-result', toolCallId: 'call', toolName, input: { order }, output: 'ok' },
    { type: 'text-delta', id: '0', text: answer },
    { type: 'finish', finishReason: 'stop' },
  ],
  "the Agents SDK's runs": (name, order) => [
    modelSent({ type: 'response_started' }),
    modelSent({ type: 'model', event: done(called(name, { order })) }),
    modelSent({ type: 'response_done', response: { output: [called(name, { order })] } }),
    ran(called(name, { order })),
    modelSent({ type: 'output_text_delta', delta: answer }),
  ],
};

const refund = { name: 'refund', arguments: { order: 7 } };
const sse = (events: readonly unknown[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

function viewOf(events: readonly unknown[]): ReplyView | undefined {
  const read = new EventText();
  for (const event of events) read.add(event);
  return read.view;
}

const callsOf = (events: readonly unknown[]) => viewOf([...events, { text: answer }])?.toolCalls;

async function* generate(chunks: readonly unknown[]) {
  yield* chunks;
}

async function drain(stream: unknown): Promise<void> {
  for await (const _ of stream as AsyncIterable<unknown>);
}

describe.each(Object.keys(protocols))('calls of tools in a stream of %s', (protocol) => {
  const eventsOf = protocols[protocol] as (name: string, order: number) => Events;

  it('are told once each, by their names and with what they were called', () => {
    const view = { text: answer, toolCalls: [refund] };
    expect(viewOf(eventsOf('refund', 7))).toEqual(view);
    expect(readEventStream(sse(eventsOf('refund', 7))).view).toEqual(view);
    const recording = new EventRecording(10_000);
    for (const event of eventsOf('refund', 7)) recording.keep(event);
    expect(exchangeView(recording, undefined)).toEqual(view);
  });

  it.each<[string, string, number, string, readonly string[]]>([
    ['the same', 'refund', 7, 'same', []],
    ['another tool', 'deleteAccount', 7, 'different', ['tool-missing', 'tool-extra']],
    ['another order', 'refund', 8, 'different', ['tool-arguments']],
  ])('are compared: %s', async (_what, name, order, verdict, notes) => {
    for (const sent of [
      (events: Events) => events,
      (events: Events) => events.map((event) => sse([event])),
    ]) {
      const { handler, compared } = await streamWorld('shadow', (leg) =>
        generate(sent(leg === 'legacy' ? eventsOf('refund', 7) : eventsOf(name, order))),
      );
      await drain(await handler(message));
      await handler.flush();
      expect(compared[0]?.divergence).toMatchObject({ verdict, notes });
      expect(compared[0]?.served.tools).toEqual(['refund']);
    }
  });
});

describe('calls of tools in chat completions', () => {
  it.each<[string, readonly object[], readonly unknown[]]>([
    [
      'are put together by their index',
      [
        calling(piece(0, '{"a"', ['x', 'f']), piece(1, '{"b"', ['y', 'g'])),
        calling(piece(1, ':2}'), piece(0, ':1}')),
      ],
      [
        { name: 'f', arguments: { a: 1 } },
        { name: 'g', arguments: { b: 2 } },
      ],
    ],
    [
      'are those of every completion',
      [calling(piece(0, '{}', ['x', 'f'])), calling(piece(0, '{}', ['y', 'f']))],
      [
        { name: 'f', arguments: {} },
        { name: 'f', arguments: {} },
      ],
    ],
    [
      'may say who they are in each piece',
      [calling(piece(0, '{"a"', ['x', 'f'])), calling(piece(0, ':1}', ['x', 'f']))],
      [{ name: 'f', arguments: { a: 1 } }],
    ],
    [
      'may have no index and no id',
      [
        calling({ function: { name: 'f', arguments: '{}' } }),
        calling({ function: { name: 'g', arguments: '{}' } }),
      ],
      [
        { name: 'f', arguments: {} },
        { name: 'g', arguments: {} },
      ],
    ],
    [
      'may be given a text',
      [
        calling({ index: 0, id: 'x', type: 'custom', custom: { name: 'sql', input: 'select' } }),
        calling({ index: 0, custom: { input: ' 1' } }),
      ],
      [{ name: 'sql', arguments: 'select 1' }],
    ],
    [
      'stay a text that is no JSON',
      [calling(piece(0, '{"a":', ['x', 'f']))],
      [{ name: 'f', arguments: '{"a":' }],
    ],
  ])('%s', (_what, events, calls) => {
    expect(callsOf([...events, chunk({ content: 'x' }, 'stop')])).toEqual(calls);
  });

  it('are those of the first choice alone', () => {
    const other = {
      ...chunk({}),
      choices: [{ index: 1, delta: { tool_calls: [piece(0, '{}', ['x', 'f'])] } }],
    };
    expect(viewOf([other, chunk({ content: answer }, 'stop')])).toEqual({ text: answer });
  });

  it.each([[[null]], [[7]], ['all'], [{}]])('are unknown where they are %j', (tool_calls) => {
    expect(viewOf([chunk({ tool_calls, content: answer }, 'stop')])).toEqual({ text: answer });
  });
});

describe('calls of tools that a stream tells of', () => {
  it('at the provider are known as those of whole responses', () => {
    const said = { type: 'response.output_text.delta', delta: answer };
    const search = { type: 'web_search_call', action: { query: 'x' }, status: 'completed' };
    const items = [search, { type: 'message' }, { type: 'reasoning' }, { type: 'mcp_list_tools' }];
    const expected = {
      text: answer,
      toolCalls: [{ name: 'web_search', arguments: { query: 'x' } }],
    };
    expect(viewOf([said, ...items.map(done)])).toEqual(expected);
    const hosted = { type: 'hosted_tool_call', name: 'web_search_call', providerData: search };
    const lists = { type: 'hosted_tool_call', name: 'x', providerData: { type: 'mcp_list_tools' } };
    const delta = modelSent({ type: 'output_text_delta', delta: answer });
    expect(viewOf([ran(hosted), ran(lists), delta])).toEqual(expected);
  });

  it('are none in a stream of the AI SDK that tells of none, and nothing is known of them in others', () => {
    const said = { type: 'text-delta', delta: answer };
    const whole = [{ type: 'start' }, said, { type: 'finish' }];
    expect(viewOf(whole)).toEqual({ text: answer, toolCalls: [] });
    expect(viewOf([said])).toEqual({ text: answer });
    expect(viewOf([chunk({ content: answer }, 'stop')])).toEqual({ text: answer });
    expect(viewOf([answer])).toEqual({ text: answer });
  });

  it('may be all of what the AI SDK answers, as of its whole replies', () => {
    const call = { type: 'tool-input-available', toolName: 'refund', input: { order: 7 } };
    const alone = [{ type: 'start' }, call, { type: 'finish' }];
    expect(viewOf(alone)).toEqual({ text: '', toolCalls: [refund] });
    expect(viewOf([{ type: 'start' }, { type: 'finish' }])).toBeUndefined();
    expect(viewOf([calling(piece(0, '{}', ['x', 'f'])), chunk({}, 'tool_calls')])).toBeUndefined();
  });

  it('are nobody’s where the stream has failed', () => {
    const call = { type: 'tool-call', toolName: 'refund', input: {} };
    expect(viewOf([{ type: 'start' }, call, { type: 'error' }])).toBeUndefined();
    expect(viewOf([{ type: 'start' }, call])).toBeUndefined();
  });

  it('are unknown where one has no name', () => {
    const said = { type: 'text-delta', delta: answer };
    expect(viewOf([{ type: 'tool-call', input: {} }, said])).toEqual({ text: answer });
  });

  it('are calls all the same where the AI SDK could not check what they were given', () => {
    const call = { type: 'tool-input-error', toolName: 'refund', input: '{"ord', errorText: 'x' };
    const said = { type: 'text-delta', delta: answer };
    expect(viewOf([call, said])?.toolCalls).toEqual([{ name: 'refund', arguments: '{"ord' }]);
  });

  it('are known by name where what they were called with cannot be told', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    for (const input of [cycle, 1n, undefined]) {
      const calls = callsOf([
        { type: 'tool-call', toolName: 'f', input },
        { type: 'text-delta', delta: 'x' },
      ]);
      expect(calls).toMatchObject([{ name: 'f' }]);
    }
  });

  it('are told in the data stream of the AI SDK’s version 4', () => {
    const body = `9:{"toolCallId":"x","toolName":"refund","args":{"order":7}}\n0:"${answer}"\n`;
    expect(dataStreamText(body)?.view).toEqual({ text: answer, toolCalls: [refund] });
  });
});

describe('what is kept of calls', () => {
  const call = (input: unknown) => ({ type: 'tool-call', toolName: 'f', input });

  it('counts as the text does', () => {
    const recording = new EventRecording(2_000);
    recording.keep({ type: 'text-delta', delta: answer });
    recording.keep(call('x'.repeat(500)));
    expect(recording.view()?.toolCalls).toHaveLength(1);
    expect(recording.byteLength).toBeGreaterThan(1_000);
    recording.keep(call('x'.repeat(500)));
    expect(recording.view()).toBeUndefined();
    const many = new EventRecording(2_000);
    many.keep({ type: 'text-delta', delta: answer });
    for (let n = 0; n < 100; n += 1) many.keep({ type: 'tool-call' });
    expect(many.text()).toBeUndefined();
  });

  it('is their texts, and no event', () => {
    const recordings = Array.from({ length: 10 }, () => new EventRecording(262_144));
    const before = bytesInUse();
    for (const recording of recordings) {
      for (let n = 0; n < 10; n += 1) {
        recording.keep({ ...call({ n }), output: 'y'.repeat(100_000) + n });
        recording.keep({
          ...calling(piece(0, `{"n":${n}}`, [`x${n}`, 'g'])),
          more: Array(10_000).fill(n),
        });
        void recording.hasFailed;
      }
    }
    expect(bytesInUse() - before).toBeLessThan(500_000);
    for (const recording of recordings) {
      recording.keep({ type: 'text-delta', delta: answer });
      recording.keep(chunk({}, 'stop'));
      expect(recording.view()?.toolCalls).toHaveLength(20);
    }
  });
});

const tools = [
  tool({
    name: 'refund',
    description: 'Refunds an order.',
    parameters: z.object({ order: z.number() }),
    execute: async ({ order }) => `refunded ${order}`,
  }),
];
const runner = () => new Runner({ tracingDisabled: true });

/** What is compared of a stream on both sides. */
async function comparedOf(make: () => unknown) {
  const { handler, compared } = await streamWorld('shadow', (leg) =>
    leg === 'legacy' ? make() : generate(protocols["the AI SDK's messages"]?.('refund', 7) ?? []),
  );
  await drain(await handler(message));
  await handler.flush();
  return compared[0];
}

const agreed = {
  served: { tools: ['refund'] },
  mirrored: { tools: ['refund'] },
  divergence: { verdict: 'same', notes: [] },
};

describe('calls of tools in what real packages give', () => {
  it('are told once each by a run of the Agents SDK', async () => {
    const steps = [[{ name: 'refund', arguments: { order: 7 } }], answer] as const;
    const agent = new Agent({ name: 'memo', model: new ScriptedModel(...steps), tools });
    const run = () => runner().run(agent, 'hi', { stream: true });
    expect(await comparedOf(run)).toMatchObject(agreed);
  });

  const chat = protocols['chat completions']?.('refund', 7) ?? [];
  const responses = protocols.Responses?.('refund', 7) ?? [];

  it.each<[string, Events, (client: OpenAI) => unknown]>([
    [
      'a stream of chat completions',
      chat,
      (client) => client.chat.completions.create({ model: 'm', messages: [], stream: true }),
    ],
    [
      'a stream of a response',
      responses,
      (client) => client.responses.create({ model: 'm', input: 'hi', stream: true }),
    ],
  ])('are told by %s of OpenAI’s client', async (_what, events, open) => {
    await using server = await localServer((_req, res) => sendEvents(res, [...events, '[DONE]']));
    const client = new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
    expect(await comparedOf(() => open(client))).toMatchObject(agreed);
  });

  const said = {
    type: 'message',
    id: 'msg',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: answer, annotations: [] }],
  };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const answered = (item: object, ...deltas: readonly object[]): Events => [
    { type: 'response.created', response: { id: 'r' } },
    ...deltas,
    done(item),
    { type: 'response.completed', response: { id: 'r', output: [item], usage } },
  ];
  const place = { item_id: 'msg', output_index: 0, content_index: 0 };

  it.each<[string, typeof OpenAIChatCompletionsModel | typeof OpenAIResponsesModel, Events[]]>([
    ['chat completions', OpenAIChatCompletionsModel, [chat.slice(0, 4), chat.slice(4)] as Events[]],
    [
      'Responses',
      OpenAIResponsesModel,
      [
        answered(called('refund', { order: 7 })),
        answered(said, { type: 'response.output_text.delta', ...place, delta: answer }),
      ],
    ],
  ])('are told once each by a run of the Agents SDK by %s', async (_what, Model, steps) => {
    const left = [...steps];
    await using server = await localServer((_req, res) => sendEvents(res, left.shift() ?? []));
    const client = new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
    const agent = new Agent({ name: 'memo', model: new Model(client as never, 'm'), tools });
    expect(await comparedOf(() => runner().run(agent, 'hi', { stream: true }))).toMatchObject(
      agreed,
    );
  });
});
