import { describe, expect, it } from 'vitest';
import { Captured } from '../../src/router/replies/captured-reply.ts';
import { StreamRecording } from '../../src/router/replies/stream-recording.ts';
import { whyUnread } from '../../src/router/replies/why-unread.ts';

type Options = Parameters<typeof whyUnread>[2];

const own: Options = { hasView: true };
const none: Options = { hasView: false };

/** A reply as it was delivered. */
function sent(body: string, head: Partial<Captured> = {}): Captured {
  const type = 'text/event-stream';
  const known = {
    method: 'POST',
    status: 200,
    contentType: type,
    contentEncoding: undefined,
    contentLength: undefined,
    ...head,
  };
  return new Captured(known, {
    chunks: [Buffer.from(body)],
    truncated: head.truncated === true,
  });
}

const sse = (...events: unknown[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

/** What was kept of a stream of objects. */
function recorded(events: readonly unknown[], maxBytes = 1000) {
  const recording = new StreamRecording(maxBytes);
  for (const event of events) recording.keep(event);
  return recording.captured();
}

const json = { contentType: 'application/json' };

describe('nothing is amiss with a reply without a text', () => {
  const failed = { type: 'error', errorText: 'no model' };
  it.each<[string, unknown]>([
    ['events that tell of their failure', sent(sse({ type: 'start' }, failed))],
    ['such a stream of objects', recorded([{ type: 'start' }, failed])],
    [
      'such events where a header tells of a compression that comes later',
      sent(sse(failed), { contentEncoding: 'gzip' }),
    ],
    ['a status of the server’s failure', sent('down', { status: 503 })],
  ])('that is a failure: %s', (_what, reply) => {
    expect(whyUnread(reply, undefined, none)).toBeUndefined();
    expect(whyUnread(reply, undefined, own)).toBeUndefined();
  });

  const call = { type: 'function', function: { name: 'pay', arguments: '{}' } };
  const calls: [string, unknown][] = [
    ['the AI SDK’s message stream', { type: 'tool-input-available', toolName: 'pay', input: {} }],
    ['its request for an approval', { type: 'tool-approval-request', approvalId: 'a' }],
    [
      'Chat Completions',
      { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] } }] },
    ],
    ['Responses', { type: 'response.output_item.added', item: { type: 'function_call' } }],
    ['Responses with a tool that is hosted', { type: 'response.web_search_call.completed' }],
    ['the Agents SDK', { type: 'run_item_stream_event', item: { type: 'tool_approval_item' } }],
  ];
  it.each(calls)('that calls tools: events of %s', (_what, event) => {
    const events = [{ type: 'start' }, event, { type: 'finish' }];
    for (const reply of [sent(sse(...events)), recorded(events)]) {
      expect(whyUnread(reply, undefined, none)).toBeUndefined();
    }
  });

  it.each<[string, unknown]>([
    ['a completion', { choices: [{ message: { content: null, tool_calls: [call] } }] }],
    ['a response', { output: [{ type: 'function_call', name: 'pay' }] }],
    [
      'a run that waits',
      { finalOutput: undefined, interruptions: [{ type: 'tool_approval_item' }] },
    ],
    ['a message of the AI SDK', { role: 'assistant', parts: [{ type: 'tool-pay', state: 'x' }] }],
  ])('that calls tools: %s, as a value and as JSON', (_what, value) => {
    expect(whyUnread(value, undefined, none)).toBeUndefined();
    expect(whyUnread(sent(JSON.stringify(value), json), undefined, none)).toBeUndefined();
  });

  it('that calls tools: lines of the AI SDK 4', () => {
    const lines = 'f:{"messageId":"a"}\n9:{"toolCallId":"a","toolName":"pay","args":{}}\n';
    expect(whyUnread(sent(lines, { contentType: 'text/plain' }), undefined, none)).toBeUndefined();
  });

  it('whose view tells of tools', () => {
    const seen = { text: '', toolCalls: [{ name: 'pay', arguments: {} }] };
    expect(whyUnread({}, seen, own)).toBeUndefined();
  });

  it('that calls tools, although it refuses to be asked for more', () => {
    const result = {
      text: '',
      toolCalls: [{ type: 'tool-call', toolName: 'pay' }],
      get output(): never {
        throw new Error('No output generated.');
      },
    };
    expect(whyUnread(result, undefined, none)).toBeUndefined();
  });

  it('that the app takes for a failure', () => {
    const isFailure = (reply: unknown): unknown => (reply as { ok: boolean }).ok === false;
    expect(whyUnread({ ok: false }, undefined, { hasView: false, isFailure })).toBeUndefined();
    expect(whyUnread({ ok: true }, undefined, { hasView: false, isFailure })).toContain('`view`');
  });
});

describe('a reply without a text is told of with what mends it', () => {
  const finished = sse({ type: 'start' }, { type: 'finish' });
  const large = /^The reply is longer than `maxReplyBytes`.*give the route more\.$/;
  const events = /^No text was found in the objects that the reply streams.*a stream of text\.$/;
  const shape = /^No text was found in the reply.*`view` that returns \{ text \}\.$/;
  it.each<[string, unknown, Options, RegExp]>([
    ['that was too long', sent('', { truncated: true }), own, large],
    ['that was a text too long', recorded(['a'.repeat(9)], 8), none, large],
    ['of objects that was too long', recorded([{ text: 'abcde' }], 8), none, large],
    [
      'of a type that nobody knows',
      sent('{}\n', { contentType: 'Application/X-NDJSON; charset=utf-8' }),
      none,
      /^The reply is of type application\/x-ndjson, which is not read.*`view` that returns \{ text \}\.$/,
    ],
    [
      'of a type that may hold anything',
      sent('{}\n', { contentType: 'a secret of the user' }),
      none,
      /^The reply is of a type that is not read/,
    ],
    [
      'that an own view read',
      sent(finished),
      own,
      /^The route's `view` gave no text.*\{ text \}\.$/,
    ],
    [
      'of objects that no view is asked about',
      recorded([{ type: 'start' }, { type: 'finish' }]),
      own,
      events,
    ],
    ['that an own view read, a value', { a: 1 }, own, /`view` gave no text/],
    ['of events that say nothing', sent(finished), none, shape],
    ['of objects that say nothing', recorded([{ city: 'Prague' }]), none, events],
    ['of JSON in another shape', sent('{"answer":"a tool"}', json), none, shape],
    ['of what is no JSON', sent('{', json), none, shape],
    ['that is a value in another shape', { answer: 'a' }, none, shape],
    [
      'that is read by nobody',
      { toTextStreamResponse: () => 'a' },
      none,
      /what streamText\(\) or its like gives: return its/,
    ],
  ])('%s', (_what, reply, options, sentence) => {
    expect(whyUnread(reply, undefined, options)).toMatch(sentence);
  });

  it.each<[string, unknown, RegExp]>([
    ['without a body', sent(''), /has no body/],
    ['of status 204', sent('', { status: 204 }), /has status 204/],
    ['of status 302', sent('moved', { status: 302 }), /has status 302/],
    ['of status 404', sent('no', { status: 404 }), /has status 404/],
    ['to HEAD', sent('', { method: 'HEAD' }), /HEAD/],
    ['that was cut short', sent('a', { contentLength: 2 }), /not sent whole/],
    ['that is an empty text', '', /is an empty text/],
    ['that is nothing', undefined, /is nothing/],
  ])('%s, where there is nothing to mend', (_what, reply, sentence) => {
    const told = whyUnread(reply, undefined, none);
    expect(told).toMatch(sentence);
    expect(told).not.toMatch(/maxReplyBytes|`view`/);
  });

  it('also where it cannot be looked into', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(whyUnread(proxy, undefined, none)).toMatch(shape);
  });
});
