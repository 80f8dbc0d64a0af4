import { describe, expect, it } from 'vitest';
import type { Captured } from '../../src/router/replies/captured-reply.ts';
import { replyView } from '../../src/router/replies/captured-view.ts';
import { keptFailure } from '../../src/router/replies/failed-reply.ts';

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
