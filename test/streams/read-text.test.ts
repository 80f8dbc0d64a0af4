import { describe, expect, it } from 'vitest';
import type { CapturedReply } from '../../src/router/replies/captured-reply.ts';
import { replyView } from '../../src/router/replies/captured-view.ts';

const captured = (body: string | Uint8Array, more: Partial<CapturedReply> = {}): CapturedReply => ({
  method: 'GET',
  status: 200,
  contentType: 'text/plain',
  contentEncoding: undefined,
  contentLength: undefined,
  chunks: [Buffer.from(body as string)],
  truncated: false,
  ...more,
});
const textOf = async (reply: CapturedReply) => (await replyView(reply))?.text;

describe('a text that says it is compressed, and by chance could be', () => {
  // Each of these is a valid brotli stream of nothing.
  it.each(['3\tto7l', '3\nto7l', '3\rto7l', '3 to7l', '3!to7l'])(
    'is read as it is: %j',
    async (text) => {
      for (const contentType of [
        'text/plain',
        'text/plain; charset=utf8',
        'text/plain; charset=UTF-8',
      ])
        expect(await textOf(captured(text, { contentEncoding: 'br', contentType }))).toBe(text);
    },
  );

  it.each(['3\u001fto7l', '3\u0000to7l'])(
    'is compressed where no text looks like it: %j',
    async (text) => {
      const reply = captured(text, { contentEncoding: 'br' });
      expect(await textOf(reply)).not.toBe(text);
    },
  );

  it('is decompressed where its charset is another', async () => {
    const contentType = 'text/plain; charset=latin1';
    expect(
      await textOf(captured('3 to7l', { contentEncoding: 'br', contentType })),
    ).toBeUndefined();
  });
});

describe('bytes that are no text of their charset', () => {
  it.each<[string, number[]]>([
    ['utf-8', [0x61, 0xff]],
    ['utf-16le', [0x00, 0xd8]],
    ['utf-16le', [0x61]],
    ['shift_jis', [0x81]],
  ])('are not read: %s', async (charset, bytes) => {
    const contentType = `text/plain; charset=${charset}`;
    expect(await textOf(captured(Uint8Array.from(bytes), { contentType }))).toBeUndefined();
  });
});

describe('a reply that is read', () => {
  it.each<[number, boolean]>([
    [200, true],
    [201, true],
    [203, true],
    [299, true],
    [204, false],
    [205, false],
    [206, false],
    [300, false],
    [304, false],
  ])('may be of status %i: %s', async (status, isRead) => {
    expect(await textOf(captured('x', { status }))).toBe(isRead ? 'x' : undefined);
  });

  it.each<[number | undefined, boolean]>([
    [undefined, true],
    [0, true],
    [2, true],
    [3, false],
  ])('is whole by a declared length of %s: %s', async (contentLength, isRead) => {
    const chunks = [Buffer.from('a'), Buffer.from('b')];
    expect(await textOf(captured('', { contentLength, chunks }))).toBe(isRead ? 'ab' : undefined);
  });

  it('of another method than HEAD is read', async () => {
    expect(await textOf(captured('x', { method: 'POST' }))).toBe('x');
  });

  it('is no event stream where a type is declared, whatever it looks like', async () => {
    const events = 'data: a\n\ndata: b\n\n';
    expect(await textOf(captured(events))).toBe(events);
    expect(await textOf(captured(events, { contentType: undefined }))).toBe('ab');
  });

  it.each([
    'data: a',
    'data: a\n',
    'data: a\nb\n',
    'my data: a\n\n',
    'data a\n\n',
    'event: x\n\n',
    'hello\ndata: a\n\n',
  ])('of no declared type is no event stream where it merely begins like one: %j', async (text) => {
    expect(await textOf(captured(text, { contentType: undefined }))).toBe(text);
  });

  it.each(['data: a\n\n', ':hi\ndata: a\n\n', 'event: x\nid: 1\nretry: 2\ndata: a\nid: 3\n\n'])(
    'of no declared type is one where it is: %j',
    async (text) => {
      expect(await textOf(captured(text, { contentType: undefined }))).toBe('a');
    },
  );

  it.each<[string, boolean]>([
    ['text/css', true],
    ['text/event-stream', true],
    ['application/json', true],
    ['application/vnd.api+json', true],
    ['application/jsonl', false],
    ['application/jsonp', false],
    ['application/x+json/y', false],
    ['json', false],
    ['+json', false],
    ['context/text/', false],
    ['application/xml', false],
  ])('of type %s is read without a view of the app’s: %s', async (contentType, isRead) => {
    const body = contentType === 'text/event-stream' ? 'data: x\n\n' : '"x"';
    expect((await textOf(captured(body, { contentType }))) !== undefined).toBe(isRead);
    const view = () => ({ text: 'seen' });
    expect(await replyView(captured(body, { contentType }), { view })).toEqual({ text: 'seen' });
  });
});
