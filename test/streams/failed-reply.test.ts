import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Captured } from '../../src/router/replies/captured-reply.ts';
import { replyView } from '../../src/router/replies/captured-view.ts';
import { readEventStream } from '../../src/router/replies/event-stream-text.ts';
import { endedInFailure, keptFailure } from '../../src/router/replies/failed-reply.ts';

const captured = (contentType: string | undefined, body: string): Captured => ({
  method: 'GET',
  status: 200,
  contentType,
  contentEncoding: undefined,
  contentLength: undefined,
  chunks: [Buffer.from(body)],
  byteLength: Buffer.byteLength(body),
  truncated: false,
});

const events = 'event: error\ndata: overloaded\n\n';
const dataStream = '0:"Hel"\n3:"overloaded"\n';

describe('a reply that tells of its own failure', () => {
  it.each([
    ['text/event-stream', events],
    ['text/event-stream; charset=utf-8', events],
    ['text/plain; charset=utf-8', dataStream],
    [undefined, dataStream],
    [undefined, events],
    ['', events],
  ])('is one of the type %j, and has no text to learn', async (type, body) => {
    expect(keptFailure(captured(type, body))).toBe(true);
    expect(await replyView(captured(type, body))).toBeUndefined();
  });

  it.each([
    ['text/html', dataStream],
    ['text/markdown', events],
  ])('is none of the type %j, whose text is what it is', async (type, body) => {
    expect(keptFailure(captured(type, body))).toBe(false);
    expect(await replyView(captured(type, body))).toEqual({ text: body });
  });

  it.each(['__proto__', 'constructor', 'toString'])('is none of the type %j', (type) => {
    expect(keptFailure(captured(type, dataStream))).toBe(false);
  });
});

const sent = (...all: unknown[]): string =>
  all.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');
const chunk = (delta: object, finish_reason: string | null = null) => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason }],
});
const answer = 'a word of the answer '.repeat(200);

const streams: Readonly<Record<string, readonly unknown[]>> = {
  'chat completions': [chunk({ role: 'assistant' }), chunk({ content: answer }), chunk({}, 'stop')],
  'chat completions with a mark': [chunk({ content: answer }), '[DONE]'],
  responses: [
    { type: 'response.created' },
    { type: 'response.output_text.delta', delta: answer },
    { type: 'response.completed', response: { output_text: answer } },
  ],
  'the AI SDK': [
    { type: 'start' },
    { type: 'text-delta', delta: answer },
    { type: 'finish', finishReason: 'stop' },
  ],
  words: ['an', 'error', 'is', 'aborted'],
};
const failings = [{ type: 'error' }, { type: 'abort' }, { type: 'response.failed' }, { error: {} }];

describe('whether an event stream has failed', () => {
  it.each(Object.entries(streams))('is what its events say, wherever it ends: %s', (_name, all) => {
    for (let length = 0; length <= all.length; length += 1) {
      for (const more of [[], ...failings.map((one) => [one])]) {
        const body = sent(...all.slice(0, length), ...more, ...all.slice(length));
        for (const cut of [body, sent(...all.slice(0, length), ...more)]) {
          const { hasFailed } = readEventStream(cut);
          expect(endedInFailure(captured('text/event-stream', cut))).toBe(hasFailed);
        }
      }
    }
  });

  it('is known of one that came to its end without a look at its events', () => {
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    const body = sent(...(streams['chat completions'] ?? []));
    expect(endedInFailure(captured('text/event-stream', body))).toBe(false);
    expect(parse).not.toHaveBeenCalled();
  });
});
