import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { assert, asyncProperty, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturedReply } from '../../src/router/replies/captured-reply.ts';
import { replyView } from '../../src/router/replies/captured-view.ts';

function captured(body: string | Uint8Array, more: Partial<CapturedReply> = {}): CapturedReply {
  return {
    method: 'GET',
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    contentEncoding: undefined,
    contentLength: undefined,
    chunks: [Buffer.from(body as string)],
    truncated: false,
    ...more,
  };
}

const textOf = async (reply: CapturedReply): Promise<string | undefined> =>
  (await replyView(reply))?.text;
const json = (body: unknown): CapturedReply =>
  captured(JSON.stringify(body), { contentType: 'application/json; charset=utf-8' });
const events = (...data: readonly unknown[]): CapturedReply =>
  captured(
    data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join(''),
    { contentType: 'text/event-stream' },
  );

describe('text of no declared type', () => {
  it('is looked at in no time, however its lines end', async () => {
    for (const line of ['data: a\r\n', ':a\r\n', 'id:\r\n']) {
      const body = line + 'b\r\n'.repeat(28) + line.repeat(28);
      const from = performance.now();
      expect(await textOf(captured(body, { contentType: undefined }))).toBe(body);
      expect(performance.now() - from).toBeLessThan(1000);
    }
  });

  it('is an event stream when it looks like one, with either end of lines', async () => {
    for (const end of ['\n', '\r\n']) {
      const body = [': hello', 'id: 1', 'data: one', 'retry: 5', '', 'data: two', '', ''].join(end);
      expect(await textOf(captured(body, { contentType: undefined }))).toBe('onetwo');
    }
  });
});

describe('replies that are not read', () => {
  it.each<[string, Partial<CapturedReply>]>([
    ['to HEAD', { method: 'HEAD' }],
    ...[204, 205, 206, 302, 304, 400, 404, 500].map((status): [string, Partial<CapturedReply>] => [
      `of status ${status}`,
      { status },
    ]),
    ['of images', { contentType: 'image/png' }],
    ['of unknown bytes', { contentType: 'application/octet-stream' }],
    ['in an unknown charset', { contentType: 'text/plain; charset=klingon' }],
    ['that were larger than the cap', { truncated: true, chunks: [] }],
    ['shorter than declared', { contentLength: 3 }],
    ['without a byte', { chunks: [] }],
    ['that are not UTF-8', { chunks: [Buffer.from([0x61, 0xff])] }],
    ['that say JSON and are not', { contentType: 'application/json' }],
  ])('does not read replies %s', async (_, more) => {
    expect(await replyView(captured('ok', more))).toBeUndefined();
  });
});

describe('an empty text', () => {
  it('is none where another field says something', async () => {
    for (const body of [
      { text: '', output: 'answer' },
      { content: '', reply: 'answer' },
      { content: '', refusal: 'answer' },
      { choices: [{ message: { content: '', refusal: 'answer' } }] },
    ]) {
      expect(await replyView(json(body))).toEqual({ text: 'answer' });
    }
  });

  it('may be said in JSON', async () => {
    for (const body of [{ text: '' }, { choices: [{ message: { content: '' } }] }, '']) {
      expect(await replyView(json(body))).toEqual({ text: '' });
    }
  });
});

describe('text', () => {
  it.each<[string, Partial<CapturedReply>, string]>([
    ['plain', {}, 'héllo'],
    ['HTML', { contentType: 'TEXT/HTML' }, '<b>hé</b>'],
    ['without a type', { contentType: undefined }, 'bare'],
    ['of status 201', { status: 201 }, 'made'],
    ['as long as declared', { contentLength: 2 }, 'ok'],
  ])('reads text as it is: %s', async (_, more, body) => {
    expect(await textOf(captured(body, more))).toBe(body);
  });

  it.each<[string, Buffer]>([
    ['iso-8859-1', Buffer.from('café', 'latin1')],
    ['"UTF-16LE"', Buffer.from('café', 'utf16le')],
  ])('reads text in a declared charset: %s', async (charset, bytes) => {
    const contentType = `text/plain; charset=${charset}`;
    expect(await textOf(captured(bytes, { contentType }))).toBe('café');
    const gzipped = { contentType, contentEncoding: 'gzip' };
    expect(await textOf(captured(gzipSync(bytes), gzipped))).toBe('café');
    expect(await textOf(captured(bytes, gzipped))).toBe('café');
  });

  it('joins characters that were split between chunks', async () => {
    const bytes = Buffer.from('a✓b');
    const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await textOf(captured('', { chunks }))).toBe('a✓b');
  });
});

const encodings = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;

describe('encoded replies', () => {
  it.each(Object.entries(encodings))(
    'reads %s, also where the bytes are plain after all',
    async (name, encode) => {
      const contentEncoding = name.toUpperCase();
      await assert(
        asyncProperty(string({ unit: 'grapheme', minLength: 1 }), async (generated) => {
          // What people read has no control characters but these.
          const text = `${generated.replace(/[^\t\n\r\u0020-\u{10ffff}]|\ufeff/gu, '')}.`;
          expect(await textOf(captured(encode(text), { contentEncoding }))).toBe(text);
          expect(await textOf(captured(text, { contentEncoding }))).toBe(text);
        }),
        { numRuns: 200 },
      );
    },
  );

  it('undoes several encodings in their order', async () => {
    const bytes = brotliCompressSync(gzipSync('twice'));
    expect(await textOf(captured(bytes, { contentEncoding: 'gzip, br' }))).toBe('twice');
  });

  it('does not blow up a small body beyond the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
    expect(bomb.byteLength).toBeLessThan(60_000);
    expect(await textOf(captured(bomb, { contentEncoding: 'gzip' }))).toBeUndefined();
    const small = captured(gzipSync('x'.repeat(2_000)), { contentEncoding: 'gzip' });
    expect(await replyView(small, { maxDecodedBytes: 1_999 })).toBeUndefined();
    expect((await replyView(small, { maxDecodedBytes: 2_000 }))?.text).toHaveLength(2_000);
  });

  it('does not read half of an encoded body', async () => {
    const half = gzipSync('one two three '.repeat(50)).subarray(0, 20);
    expect(await textOf(captured(half, { contentEncoding: 'gzip' }))).toBeUndefined();
  });
});

describe('JSON', () => {
  it.each<[string, unknown]>([
    ['a string', 'answer'],
    ...['text', 'output', 'content', 'finalOutput', 'reply'].map((name): [string, unknown] => [
      name,
      { id: 1, [name]: 'answer' },
    ]),
    ['a message', { message: { role: 'assistant', content: 'answer' } }],
    ['a chat completion', { choices: [{ message: { content: 'answer' } }] }],
    ['a refusal', { choices: [{ message: { content: null, refusal: 'answer' } }] }],
    [
      'a response that refuses',
      { output: [{ content: [{ type: 'refusal', refusal: 'answer' }] }] },
    ],
    ['a completion', { choices: [{ text: 'answer' }] }],
    ['parts', { content: [{ type: 'text', text: 'ans' }, { type: 'image' }, { text: 'wer' }] }],
    ['an assistant message', { content: [{ type: 'text', text: { value: 'answer' } }] }],
    [
      'a response',
      {
        output: [
          { type: 'reasoning', summary: [] },
          { type: 'message', content: [{ type: 'output_text', text: 'answer' }] },
        ],
      },
    ],
  ])('finds the text of %s', async (_, body) => {
    expect(await textOf(json(body))).toBe('answer');
    expect(await textOf({ ...json(body), contentType: 'application/problem+json' })).toBe('answer');
  });

  it.each<[string, unknown]>([
    ['numbers', 42],
    ['null', null],
    ['arrays', ['a']],
    ['other fields', { rows: [], message: 'created' }],
    ['texts that are not strings', { text: 42, output: { a: 1 }, choices: [null] }],
  ])('finds no text in %s', async (_, body) => {
    expect(await replyView(json(body))).toBeUndefined();
  });

  it.each<[string, readonly unknown[]]>([
    ['reasoning', [{ type: 'reasoning', content: [{ type: 'reasoning_text', text: 'thought' }] }]],
    ['a summary of it', [{ type: 'reasoning', summary: [], text: 'thought' }]],
    ['what a tool has answered', [{ type: 'mcp_call', output: '{"card":12}' }]],
    ['the output of a function', [{ type: 'function_call_output', output: 'secret' }]],
    ['a search', [{ type: 'web_search_call', text: 'asked' }]],
    ['a list of tools', [{ type: 'mcp_list_tools', text: 'tools' }]],
    ['thinking', [{ type: 'thinking', text: 'thought' }]],
    ['the result of a tool', [{ type: 'tool_result', content: 'secret' }]],
  ])('takes %s for no part of the answer', async (_, untold) => {
    const message = { type: 'message', content: [{ type: 'output_text', text: 'answer' }] };
    const said = { type: 'text', text: 'answer' };
    expect(await textOf(json({ output: [...untold, message] }))).toBe('answer');
    expect(await textOf(json({ content: [...untold, said] }))).toBe('answer');
    expect(await textOf(json({ output: untold }))).toBeUndefined();
  });

  it('survives JSON that is deeper than the stack', async () => {
    const deep = captured(`${'{"text":['.repeat(20_000)}${']}'.repeat(20_000)}`);
    expect(await replyView({ ...deep, contentType: 'application/json' })).toBeUndefined();
  });
});

describe("the app's own view", () => {
  it('gets the parsed body of JSON, and text as it is', async () => {
    const seen: unknown[] = [];
    const view = (body: unknown) => {
      seen.push(body);
      return Promise.resolve({ text: 'mine', toolCalls: [] });
    };
    expect(await replyView(json({ rows: [1] }), { view })).toEqual({ text: 'mine', toolCalls: [] });
    await replyView(captured('plain'), { view });
    await replyView(events('one'), { view });
    expect(seen).toEqual([{ rows: [1] }, 'plain', 'data: one\n\n']);
  });

  it('reads text of any type, and is not asked about bytes', async () => {
    const view = (body: unknown) => ({ text: `read: ${body}` });
    for (const contentType of ['application/x-ndjson', 'application/octet-stream', 'image/svg']) {
      const lines = captured('{"a":1}\n{"a":2}\n', { contentType });
      expect(await replyView(lines, { view })).toEqual({ text: 'read: {"a":1}\n{"a":2}\n' });
      expect(await replyView(lines)).toBeUndefined();
      const bytes = captured(Buffer.from([0x89, 0x50, 0xff]), { contentType });
      expect(await replyView(bytes, { view })).toBeUndefined();
    }
  });

  it.each<[string, CapturedReply]>([
    ['server-sent events', events(delta('half'), { error: { message: 'overloaded' } })],
    ['half an answer', events(delta('half'))],
    ['lines of JSON', captured(`${JSON.stringify(delta('half'))}\n{"error":"overloaded"}\n`)],
    ['a data stream', captured('0:"half"\n3:"overloaded"\n')],
    [
      'events that nobody declared',
      captured('data: half\n\nevent: error\ndata: x\n\n', { contentType: undefined }),
    ],
    [
      'compressed events',
      captured(gzipSync('data: half\n\nevent: error\ndata: x\n\n'), {
        contentType: 'text/event-stream',
        contentEncoding: 'gzip',
      }),
    ],
  ])('is not asked about a stream that has failed: %s', async (_what, reply) => {
    const asked: unknown[] = [];
    const view = (body: unknown) => {
      asked.push(body);
      return { text: 'mine' };
    };
    expect(await replyView(reply, { view })).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is not asked about replies that are not read, and its error is not swallowed', async () => {
    let asked = 0;
    const view = (): never => {
      asked += 1;
      throw new Error('my view');
    };
    expect(await replyView(captured('x', { status: 500 }), { view })).toBeUndefined();
    expect(asked).toBe(0);
    await expect(async () => replyView(captured('x'), { view })).rejects.toThrow('my view');
  });
});

describe('lines of JSON of no declared type or as plain text, as the openai client streams them on', () => {
  const lines = (...said: readonly unknown[]) =>
    said.map((one) => `${JSON.stringify(one)}\n`).join('');
  const chunk = (content: string) => ({ choices: [{ delta: { content } }] });

  it.each<[string, string, string | undefined]>([
    ['their text', lines(chunk('Hel'), chunk('lo')), 'Hello'],
    ['nothing where they tell of a failure', lines(chunk('Hel'), { error: 'x' }), undefined],
    ['nothing where they hold no text', lines({ choices: [] }, { a: 2 }), undefined],
    ['all of what is no JSON to its end', '{"a":1}\n{"a":\n', '{"a":1}\n{"a":\n'],
    [
      'all of an answer that is JSON itself',
      lines({ text: 'a' }, { text: 'b' }),
      lines({ text: 'a' }, { text: 'b' }),
    ],
    ['all of one line', lines(chunk('Hello')), lines(chunk('Hello'))],
    ['all of what begins as a text', `so: ${lines({ a: 1 }, { a: 2 })}`, 'so: {"a":1}\n{"a":2}\n'],
  ])('give %s', async (_what, body, text) => {
    expect(await textOf(captured(body, { contentType: undefined }))).toBe(text);
    expect(await textOf(captured(body))).toBe(text);
  });
});

describe('a data stream, as the AI SDK sent it up to its version 4', () => {
  const begins = 'f:{"messageId":"m"}\n';
  const ends = 'e:{"finishReason":"stop"}\nd:{"finishReason":"stop"}\n';

  it.each<[string, string, string | undefined]>([
    ['its text', `${begins}0:"Hel"\n0:"lo\\n0:"\n${ends}`, 'Hello\n0:'],
    [
      'its text, not its thoughts and tools',
      `g:"hm"\n9:{"args":{}}\na:{}\n0:"Hello"\n${ends}`,
      'Hello',
    ],
    ['nothing where it has failed', `${begins}0:"Hel"\n3:"overloaded"\n`, undefined],
    ['nothing where it holds no text', begins + ends, undefined],
    ['all of what only begins like one', '0:"Hello"\nand so on', '0:"Hello"\nand so on'],
    ['all of what is no JSON', '0:"Hello', '0:"Hello'],
    [
      'all of lines of JSON with their numbers',
      '1:{"a":1}\n2:{"a":2}\n3:{"a":3}\n',
      '1:{"a":1}\n2:{"a":2}\n3:{"a":3}\n',
    ],
    ['all of quotes with their numbers', '1:"a"\n2:"b"\n3:"c"\n', '1:"a"\n2:"b"\n3:"c"\n'],
    ['its text beside its data', '2:[{"a":1}]\n0:"Hello"\n8:["b"]\n', 'Hello'],
    ['all of another list', '1: one\n2: two\n', '1: one\n2: two\n'],
  ])('gives %s', async (_what, body, text) => {
    expect(await textOf(captured(body))).toBe(text);
    expect(await textOf(captured(body, { contentType: undefined }))).toBe(text);
  });
});

const delta = (content: string) => ({
  object: 'chat.completion.chunk',
  choices: [{ delta: { content } }],
});

describe('event streams', () => {
  it.each<[string, readonly unknown[]]>([
    [
      'chat completions',
      [
        { choices: [{ delta: { role: 'assistant' } }] },
        delta('Hel'),
        delta('lo'),
        { choices: [], usage: {} },
        '[DONE]',
      ],
    ],
    ['completions', [{ choices: [{ text: 'Hel' }] }, { choices: [{ text: 'lo' }] }]],
    [
      'responses',
      [
        { type: 'response.created', response: { error: null } },
        { type: 'response.output_text.delta', delta: 'Hel' },
        { type: 'response.output_text.delta', delta: 'lo' },
        { type: 'response.output_text.done', text: 'Hello' },
        { type: 'response.completed', response: { output: [] } },
      ],
    ],
    [
      'the AI SDK',
      [
        { type: 'start' },
        { type: 'text-start', id: '1' },
        { type: 'reasoning-delta', delta: 'hmm' },
        { type: 'text-delta', id: '1', delta: 'Hel' },
        { type: 'text-delta', id: '1', delta: 'lo' },
        { type: 'finish' },
        '[DONE]',
      ],
    ],
    [
      'assistants',
      [
        { object: 'thread.run' },
        { object: 'thread.message.delta', delta: { content: [{ text: { value: 'Hel' } }] } },
        { object: 'thread.message.delta', delta: { content: [{ text: { value: 'lo' } }] } },
      ],
    ],
    ['JSON of a common shape', [{ type: 'text', text: 'Hel' }, { text: 'lo' }, { meta: 1 }]],
    ['JSON strings', ['"Hel"', '"lo"']],
    ['plain data', ['Hel', 'lo', '[DONE]']],
  ])('joins the text of %s', async (_, data) => {
    expect(await textOf(events(...data))).toBe('Hello');
  });

  it('keeps spaces but the first, joins the lines of an event, and passes over comments', async () => {
    const body =
      ': hi\r\n\r\nevent: token\r\ndata: Hello\r\n\r\nid: 2\r\ndata:  you\r\ndata:two\r\n\r\n';
    expect(await textOf(captured(body, { contentType: 'text/event-stream; charset=utf-8' }))).toBe(
      'Hello you\ntwo',
    );
  });

  it.each<[string, readonly unknown[]]>([
    ['fail in OpenAI', [delta('half'), { error: { message: 'overloaded' } }]],
    [
      'fail in Responses',
      [{ type: 'response.output_text.delta', delta: 'h' }, { type: 'response.failed' }],
    ],
    [
      'fail in the AI SDK',
      [
        { type: 'text-delta', delta: 'h' },
        { type: 'error', errorText: 'x' },
      ],
    ],
    ['call tools only', [{ choices: [{ delta: { tool_calls: [] } }] }]],
    ['hold nothing', ['[DONE]']],
  ])('reads nothing of streams that %s', async (_, data) => {
    expect(await replyView(events(...data))).toBeUndefined();
  });
});
