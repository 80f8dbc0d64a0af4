import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CutoverOptions, createCutover, createCutoverHandler } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import express, { type Response as Reply } from 'express';
import { describe, expect, it } from 'vitest';
import { learning } from '../express/chat-app.ts';

interface Sent {
  readonly body: string;
  readonly type?: string;
  readonly status?: number;
  readonly view?: () => undefined;
}

const task = 'Explain streams to me, please';
const sse = (...events: object[]): Sent => ({
  body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  type: 'text/event-stream',
});

async function setUp() {
  const { engramia } = await learning();
  const warnings: string[] = [];
  const shared: CutoverOptions = {
    flags: memoryFlags('dualwrite'),
    engramia,
    logger: { warn: (line) => void warnings.push(line) },
  };
  return { shared, warnings };
}

type Way = (sent: Sent) => Promise<{ warnings: string[]; unreadable: number }>;

const ways: Readonly<Record<string, Way>> = {
  async Express({ body, type, status = 200, view }) {
    const { shared, warnings } = await setUp();
    const cutover = createCutover(shared);
    const chat = expressCutover({
      cutover,
      name: 'chat',
      read: () => task,
      identify: () => ({ tenant: 'acme', task }),
      candidate: () => 'never asked',
      ...(view && { view }),
    });
    const legacy = (_req: unknown, res: Reply) => {
      if (type !== undefined) res.set('content-type', type);
      res.status(status).end(body);
    };
    const server = createServer(express().use(chat, legacy)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}`, { redirect: 'manual' })).text();
    await cutover.flush();
    server.close();
    return { warnings, unreadable: cutover.stats().learn.skipped.unreadable };
  },
  async fetch({ body, type, status = 200, view }) {
    const { shared, warnings } = await setUp();
    const headers = type === undefined ? undefined : { 'content-type': type };
    const chat = fetchCutover({
      ...shared,
      name: 'chat',
      legacy: () => new Response(body, { status, ...(headers && { headers }) }),
      identify: () => ({ tenant: 'acme', task }),
      candidate: () => 'never asked',
      ...(view && { view }),
    });
    await (await chat(new Request('http://chat.test/'))).text();
    await chat.flush();
    return { warnings, unreadable: chat.stats().learn.skipped.unreadable };
  },
};

describe.each(Object.entries(ways))('behind %s a reply without a text', (_name, ask) => {
  const begins = { type: 'start' };
  const ends = { type: 'finish' };
  const silent: readonly [what: string, sent: Sent][] = [
    [
      'calls a tool',
      sse(begins, { type: 'tool-input-available', toolName: 'ask', input: {} }, ends),
    ],
    [
      'waits for an approval',
      sse(begins, { type: 'tool-approval-request', approvalId: 'a', toolCallId: 'b' }, ends),
    ],
  ];
  it.each(silent)('that %s is counted, and warned of by nobody', async (_what, sent) => {
    expect(await ask(sent)).toEqual({ warnings: [], unreadable: 1 });
  });

  it('that is a failure and says so is warned of by nobody', async () => {
    const { warnings } = await ask(sse(begins, { type: 'error', errorText: 'no model' }));
    expect(warnings).toEqual([]);
  });

  const told: readonly [what: string, sent: Sent, sentence: string][] = [
    [
      'is too long',
      { body: 'a'.repeat(262_145), type: 'text/plain' },
      'longer than `maxReplyBytes`',
    ],
    [
      'is of a type that is not read',
      { body: 'a', type: 'image/png' },
      'of type image/png, which is not',
    ],
    ['has no body', { body: '' }, 'has no body'],
    ['has a status that is no answer', { body: 'moved', status: 302 }, 'has status 302'],
    [
      'was read by a view',
      { ...sse(begins, ends), view: () => undefined },
      'have it return { text }',
    ],
    ['has another shape', { body: '{"a":1}', type: 'application/json' }, 'No text was found'],
  ];
  it.each(told)('that %s is told of in its own words', async (_what, sent, sentence) => {
    const { warnings, unreadable } = await ask(sent);
    expect(unreadable).toBe(1);
    expect(warnings).toEqual([expect.stringContaining(sentence)]);
    expect(warnings[0]).toMatch(
      /^engramia-cutover: \[view\] reading a reply of route "chat" failed/,
    );
    // Each mend stands where it mends.
    expect(warnings[0]?.includes('give the route more')).toBe(sentence.includes('maxReplyBytes'));
  });
});

describe('a plain handler', () => {
  it.each<[string, () => unknown, RegExp | undefined]>([
    ['objects that call tools', () => tools(), undefined],
    [
      'a result with tools whose getters throw',
      () => ({
        text: '',
        toolCalls: [{ type: 'tool-call', toolName: 'pay' }],
        get output(): never {
          throw new Error('No output generated.');
        },
      }),
      undefined,
    ],
    ['what says nothing', () => ({ answer: 'a' }), /No text was found/],
  ])('is told of what it gives, or not: %s', async (_what, legacy, sentence) => {
    const { shared, warnings } = await setUp();
    const chat = createCutoverHandler({
      ...shared,
      name: 'chat',
      legacy: async () => legacy(),
      candidate: async () => 'never asked',
      identify: () => ({ tenant: 'acme', task }),
    });
    const reply = await chat();
    if (Symbol.asyncIterator in Object(reply)) {
      for await (const _event of reply as AsyncIterable<unknown>) void _event;
    }
    await chat.flush();
    expect(chat.stats().learn.skipped.unreadable).toBe(1);
    expect(warnings).toEqual(sentence === undefined ? [] : [expect.stringMatching(sentence)]);
  });

  async function* tools() {
    yield { choices: [{ index: 0, delta: { role: 'assistant', content: null } }] };
    yield { choices: [{ index: 0, delta: { tool_calls: [{ type: 'function', function: {} }] } }] };
  }
});
