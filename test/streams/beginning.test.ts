import { describe, expect, it } from 'vitest';
import { Beginning } from '../../src/router/replies/beginning.ts';

const sse = (...events: unknown[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const chunk = (delta: object, finish_reason: string | null = null) => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason }],
});

/** How many of the chunks were held back, and whether a failure was told of. */
function held(
  chunks: readonly unknown[],
  contentType?: string,
): [held: number, hasFailed: boolean] {
  const beginning = new Beginning(contentType);
  const over = chunks.findIndex((one) => beginning.isOver(one));
  return [over < 0 ? chunks.length : over, beginning.hasFailed];
}

describe('a stream that begins', () => {
  it.each<[string, readonly unknown[], unknown]>([
    [
      'the AI SDK',
      [{ type: 'start' }, { type: 'start-step' }, { type: 'text-start', id: '0' }],
      { type: 'text-delta', id: '0', delta: 'a' },
    ],
    [
      'the AI SDK, which thinks',
      [{ type: 'start' }, { type: 'reasoning-start' }],
      { type: 'reasoning-delta', delta: 'a' },
    ],
    [
      'the AI SDK, which calls a tool',
      [{ type: 'start' }],
      { type: 'tool-input-start', toolName: 'search' },
    ],
    ['the AI SDK, which sends data', [{ type: 'start' }], { type: 'data-status', data: 'busy' }],
    ['chat completions', [chunk({ role: 'assistant', content: '' })], chunk({ content: 'a' })],
    [
      'chat completions of Azure',
      [{ choices: [] }, chunk({ role: 'assistant' })],
      chunk({ content: 'a' }),
    ],
    [
      'chat completions that refuse',
      [chunk({ role: 'assistant', refusal: null })],
      chunk({ refusal: 'no' }),
    ],
    [
      'chat completions that call a tool',
      [chunk({ role: 'assistant', content: null })],
      chunk({ tool_calls: [{}] }),
    ],
    [
      'chat completions that think',
      [chunk({ role: 'assistant' })],
      chunk({ reasoning_content: 'hm' }),
    ],
    ['chat completions that say nothing', [chunk({ role: 'assistant' })], chunk({}, 'stop')],
    [
      'responses',
      [
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
      ].map((type) => ({ type })),
      { type: 'response.output_text.delta', delta: 'a' },
    ],
    [
      'runs of agents',
      [
        { type: 'agent_updated_stream_event' },
        { type: 'raw_model_stream_event', data: { type: 'response_started' } },
        {
          type: 'raw_model_stream_event',
          data: { type: 'model', event: { type: 'response.created' } },
        },
      ],
      { type: 'raw_model_stream_event', data: { type: 'output_text_delta', delta: 'a' } },
    ],
    ['Anthropic', [{ type: 'message_start' }, { type: 'ping' }], { type: 'content_block_delta' }],
    ['an app of its own', [], { token: 'a' }],
  ])('is held back until it says something: %s', (_what, openings, said) => {
    expect(held([...openings, said])).toEqual([openings.length, false]);
    const texts = [...openings, said].map((event) => sse(event));
    expect(held(texts)).toEqual([openings.length, false]);
    expect(held([sse(...openings, said)])).toEqual([0, false]);
    const bytes = texts.map((text) => new TextEncoder().encode(text.replaceAll('\n', '\r\n')));
    expect(held(bytes, 'text/event-stream; charset=utf-8')).toEqual([openings.length, false]);
  });

  it.each<[string, unknown]>([
    ['an error', { type: 'error', errorText: 'down' }],
    ['an error of chat completions', { error: { message: 'down' } }],
    ['a failed response', { type: 'response.failed' }],
    ['an abort', { type: 'abort' }],
  ])('and tells of %s has failed', (_what, failure) => {
    expect(held([{ type: 'start' }, failure, { type: 'finish' }])).toEqual([1, true]);
    expect(held([sse({ type: 'start' }), sse(failure)])).toEqual([1, true]);
    expect(held([sse({ type: 'start' }, failure)])).toEqual([0, true]);
    expect(held(['event: error\ndata: down\n\n'])).toEqual([0, true]);
  });

  it('is put together from pieces of any size', () => {
    const text = `${sse({ type: 'start' })}event: text\n${sse({ type: 'text-delta', delta: 'ä' })}`;
    const bytes = [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));
    const [count, hasFailed] = held(bytes, 'text/event-stream');
    expect([count, hasFailed]).toEqual([bytes.length - 1, false]);
  });

  it('is held back no longer than 16 KiB', () => {
    const comments = Array.from({ length: 100 }, () => `: ${'-'.repeat(1_020)}\n\n`);
    expect(held(comments, 'text/event-stream')).toEqual([16, false]);
    const openings = Array.from({ length: 1_000 }, () => ({ type: 'start' }));
    expect(held(openings)[0]).toBeLessThan(300);
  });

  it.each<[string, readonly unknown[], string | undefined]>([
    ['words', ['It ', 'is'], undefined],
    ['words that look like a comment', [': no ', 'comment'], undefined],
    ['bytes of an image', [Uint8Array.of(0x89, 0x50)], undefined],
    ['events that are said to be another thing', [sse({ type: 'start' })], 'text/html'],
    ['lines of JSON', [sse({ type: 'start' }).slice(6)], 'text/plain'],
    ['nothing', [null], undefined],
    ['a number', [7], undefined],
    [
      'what does not let itself be looked at',
      [
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no');
            },
          },
        ),
      ],
      undefined,
    ],
  ])('is under way at once with %s', (_what, chunks, contentType) => {
    expect(held(chunks, contentType)).toEqual([0, false]);
  });

  it('is held back where only a comment came, and was declared', () => {
    expect(held([': open\n\n', sse({ type: 'start' })], 'text/event-stream')).toEqual([2, false]);
  });
});
