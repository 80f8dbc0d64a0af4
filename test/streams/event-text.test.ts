import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readEventStream } from '../../src/router/replies/event-stream-text.ts';
import { EventText } from '../../src/router/replies/event-text.ts';

function textOf(...events: unknown[]): string | undefined {
  const text = new EventText();
  for (const event of events) text.add(event);
  return text.text;
}

describe('the text of an event', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a chat completion', { choices: [{ delta: { content: 'a' } }] }, 'a'],
    ['an older completion', { choices: [{ text: 'a' }] }, 'a'],
    ['the first choice alone', { choices: [{ text: 'a' }, { text: 'b' }] }, 'a'],
    ['the first choice, told by itself', { choices: [{ index: 0, text: 'a' }] }, 'a'],
    ['another choice, told by itself', { choices: [{ index: 1, text: 'b' }] }, undefined],
    ['the first choice, told last', { choices: [{ index: 1 }, { index: 0, text: 'a' }] }, 'a'],
    ['no choice', { choices: [] }, undefined],
    ['a choice that is nothing', { choices: [null] }, undefined],
    ['a delta that is no text', { choices: [{ delta: { content: 7 } }] }, undefined],
    ['choices that are no list, but a text beside them', { choices: 'x', text: 'a' }, 'a'],
    ['a response', { type: 'response.output_text.delta', delta: 'a' }, 'a'],
    ['a response that refuses', { type: 'response.refusal.delta', delta: 'a' }, 'a'],
    ['the end of a refusal', { type: 'response.refusal.done', refusal: 'a' }, undefined],
    ['a completion that refuses', { choices: [{ delta: { refusal: 'a' } }] }, 'a'],
    ['a closing event', { type: 'response.output_text.done', text: 'a' }, undefined],
    ['reasoning', { type: 'response.reasoning.delta', delta: 'a' }, undefined],
    ['a type that only ends like one', { type: 'my.response.x', text: 'a' }, 'a'],
    [
      'a run of agents',
      { type: 'raw_model_stream_event', data: { type: 'output_text_delta', delta: 'a' } },
      'a',
    ],
    [
      'another event of the model',
      { type: 'raw_model_stream_event', data: { type: 'response_done', delta: 'a' } },
      undefined,
    ],
    ['an event of the model without data', { type: 'raw_model_stream_event' }, undefined],
    ['an item of a run', { type: 'run_item_stream_event', text: 'a' }, undefined],
    ['a handoff', { type: 'agent_updated_stream_event', text: 'a' }, undefined],
    ['a type that only begins like one', { type: 'run_item_stream_events', text: 'a' }, 'a'],
    [
      'a type that only ends like one of a run',
      { type: 'my_run_item_stream_event', text: 'a' },
      'a',
    ],
    ['the AI SDK', { type: 'text-delta', delta: 'a' }, 'a'],
    ['the AI SDK, version 4', { type: 'text-delta', textDelta: 'a' }, 'a'],
    ['the AI SDK, full stream', { type: 'text-delta', text: 'a' }, 'a'],
    ['a text delta of nothing', { type: 'text-delta', delta: 7 }, undefined],
    ...[
      'start',
      'finish',
      'start-step',
      'finish-step',
      'abort',
      'text-start',
      'reasoning-delta',
      'tool-call',
      'source-url',
      'data-mine',
    ].map((type): [string, unknown, undefined] => [
      `what is no text of the AI SDK (${type})`,
      { type, text: 'a', delta: 'b' },
      undefined,
    ]),
    ['a type of the app’s own', { type: 'started', text: 'a' }, 'a'],
    ['a type that ends like the AI SDK’s', { type: 'my-abort', text: 'a' }, 'a'],
    ['a bare prefix', { type: 'data-', text: 'a' }, 'a'],
    [
      'an assistant',
      { object: 'thread.message.delta', delta: { content: [{ text: { value: 'a' } }, null] } },
      'a',
    ],
    [
      'an assistant, as the client gives it',
      {
        event: 'thread.message.delta',
        data: { object: 'thread.message.delta', delta: { content: [{ text: { value: 'a' } }] } },
      },
      'a',
    ],
    ['an assistant’s event without data', { event: 'thread.created' }, undefined],
    ['an event of the app’s own', { event: 'my.thread.x', data: { text: 'b' }, text: 'a' }, 'a'],
    ['an assistant’s run', { object: 'thread.run', text: 'a' }, undefined],
    [
      'an assistant’s delta of no list',
      { object: 'thread.message.delta', delta: { content: 'a' } },
      undefined,
    ],
    ['an object that is called alike', { object: 'my.thread.x', text: 'a' }, 'a'],
    ['a text', 'a', 'a'],
    ['a text field', { text: 'a' }, 'a'],
    ['nothing', null, undefined],
    ['a number', 7, undefined],
    ['an object without a text', { meta: 1 }, undefined],
  ])('of %s', (_what, event, text) => {
    expect(textOf(event)).toBe(text);
  });

  it('is of the deltas where there are any, whatever else is said', () => {
    expect(textOf({ text: 'plain ' }, { choices: [{ text: 'a' }] }, 'more')).toBe('a');
    expect(textOf({ text: 'plain ' }, 'more')).toBe('plain more');
  });

  it.each<[unknown, string | undefined]>([
    [{ type: 'error' }, undefined],
    [{ type: 'response.failed' }, undefined],
    [{ type: 'abort', reason: 'it took too long' }, undefined],
    [{ object: 'thread.run', status: 'failed', last_error: {} }, undefined],
    [{ object: 'thread.run', status: 'cancelled' }, undefined],
    [{ object: 'thread.run', status: 'expired' }, undefined],
    [{ event: 'thread.run.failed', data: { object: 'thread.run', status: 'failed' } }, undefined],
    [{ object: 'thread.run', status: 'completed' }, 'a'],
    [{ object: 'thread.run', status: 'not failed' }, 'a'],
    [{ object: 'thread.run.step', status: 'failed' }, 'a'],
    [{ error: 'x' }, undefined],
    [{ type: 'tool-error', toolName: 'search', error: new Error('no such page') }, 'a'],
    [{ type: 'my-tool-error', error: 'x' }, undefined],
    [{ error: false }, 'a'],
    [{ error: '' }, 'a'],
    [{ type: 'errors' }, 'a'],
    [{ type: 'no error' }, 'a'],
    [{ error: null }, 'a'],
    [{ error: undefined }, 'a'],
  ])('%o says whether the whole failed', (event, text) => {
    expect(textOf('a', event)).toBe(text);
    expect(textOf(event, 'a')).toBe(text);
  });

  it('is counted in code units, of all kinds', () => {
    const text = new EventText();
    expect(text.length).toBe(0);
    text.add('ab');
    text.add({ choices: [{ text: '😀' }] });
    expect(text.length).toBe(4);
  });

  it('is the data as it was sent where that is no object', () => {
    const text = new EventText();
    text.add(undefined, 'sent ');
    text.add(42, '42');
    text.add({ meta: 1 }, '{"meta":1}');
    text.add(null, 'null');
    expect(text.text).toBe('sent 42');
  });
});

describe('the text of server-sent events', () => {
  it.each<[string, string, string | undefined]>([
    ['one line each', 'data: a\n\ndata: b\n\n', 'ab'],
    ['CR LF', 'data: a\r\n\r\ndata: b\r\n\r\n', 'ab'],
    ['CR alone', 'data: a\r\rdata: b\r\r', 'ab'],
    ['ends of lines that are mixed', 'data: a\n\r\ndata: b\r\n\ndata: c\r\n\r', 'abc'],
    ['several lines', 'data: a\ndata: b\n\n', 'a\nb'],
    ['several lines by CR', 'data: a\rdata: b\r\r', 'a\nb'],
    ['one space taken off', 'data:  a\n\n', ' a'],
    ['no space', 'data:a\n\n', 'a'],
    ['no value', 'data: a\ndata\ndata: b\n\n', 'a\n\nb'],
    ['fields that are called alike', 'database: a\n\nmy data: b\n\ndata: c\n\n', 'c'],
    ['other fields', 'event: x\nid: 1\n\n: comment\n\ndata: a\n\n', 'a'],
    ['the end’s mark', 'data: a\n\ndata: [DONE]\n\n', 'a'],
    ['the mark alone', 'data: [DONE]\n\n', undefined],
    ['nothing', '', undefined],
    ['an event that is named like a failure', 'event: errors\ndata: a\n\n', 'a'],
    ['a failure, its name before its data', 'data: a\n\nevent: error\ndata: b\n\n', undefined],
    ['a failure, its name after its data', 'data: a\n\ndata: b\nevent:error\n\n', undefined],
    ['a failure by CR LF', 'data: a\r\n\r\nevent: error\r\nid: 2\r\ndata: b\r\n\r\n', undefined],
    ['a failure of tRPC', 'data: a\n\nevent: serialized-error\ndata: {"code":1}\n\n', undefined],
    ['a name that is given twice', 'event: error\nevent: token\ndata: a\n\n', 'a'],
    ['a failure that no client is told of', 'data: a\n\nevent: error\n\n', 'a'],
    ['JSON beside what is none', 'data: {"text":"a"}\n\ndata: {"text":\n\n', 'a{"text":'],
  ])('with %s', (_what, body, text) => {
    expect(readEventStream(body).text).toBe(text);
  });
});

describe('a stream of words', () => {
  const sent = (...data: string[]) => data.map((one) => `data: ${one}\n\n`).join('');

  it.each([
    [['It is ', 'null', '.'], 'It is null.'],
    [['use ', '{}', ' or ', '[]'], 'use {} or []'],
    [['say ', '"hi"', ' twice'], 'say "hi" twice'],
    [['The answer: ', '42', ' or ', 'true'], 'The answer: 42 or true'],
    [['{"text":"Hello"}', '{"state":"busy"}', 'ping'], 'Helloping'],
    [['"Hello"', '" you"'], 'Hello you'],
    [['see ', '[1]', ' and ', '["a"]'], 'see [1] and ["a"]'],
  ])('%j keeps those that happen to be JSON', (data, text) => {
    expect(readEventStream(sent(...data)).text).toBe(text);
  });

  it('has none of them parsed that can be no JSON', () => {
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    expect(readEventStream(sent('It is ', 'null', '.')).text).toBe('It is null.');
    expect(parse.mock.calls).toEqual([['null']]);
  });
});
