import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { replyPayload } from '../../src/router/adapters/fastify/reply-payload.ts';
import type { PreparedReply } from '../../src/router/replies/prepare-reply.ts';

/** A reply of Fastify's that notes what is set on it. */
function noting(httpVersionMajor = 1, type?: string) {
  const noted: unknown[] = [];
  const raw: { statusMessage?: string } = {};
  const reply = {
    raw,
    request: { raw: { httpVersionMajor } },
    code: (status: number) => void noted.push(status),
    header: (name: string, value: unknown) => void noted.push([name, value]),
    hasHeader: (name: string) => name === 'content-type' && type !== undefined,
    type: (given: string) => void noted.push(given),
  };
  return { noted, raw, reply: reply as unknown as FastifyReply };
}

const stream = (over: object): PreparedReply => ({
  kind: 'stream',
  head: undefined,
  first: 'a',
  source: { next: async () => undefined, cancel: () => undefined },
  ...over,
});
const head = { status: 201, statusText: '', headers: [['x-own', 'yes']] as const, cookies: [] };

describe('what Fastify is given to send', () => {
  it('is the body of what is whole', () => {
    const { reply, noted } = noting();
    expect(replyPayload(reply, { kind: 'json', body: { a: 1 } })).toEqual({ a: 1 });
    expect(noted).toEqual([]);
  });

  it.each<[string, object, unknown[]]>([
    ['text', { first: 'a' }, ['text/plain; charset=utf-8']],
    ['bytes', { first: Buffer.from('a') }, ['application/octet-stream']],
    ['nothing', { first: undefined }, ['application/octet-stream']],
  ])('has a type where it is a stream of %s', (_what, over, expected) => {
    const { reply, noted } = noting();
    replyPayload(reply, stream(over));
    expect(noted).toEqual(expected);
  });

  it('keeps the type that the app has set', () => {
    const { reply, noted } = noting(1, 'text/csv');
    replyPayload(reply, stream({}));
    expect(noted).toEqual([]);
  });

  it('takes over the head of a Response, and its cookies where it has some', () => {
    const bare = noting();
    replyPayload(bare.reply, stream({ head }));
    expect(bare.noted).toEqual([201, ['x-own', 'yes']]);
    const { reply, noted } = noting();
    replyPayload(reply, stream({ head: { ...head, cookies: ['a=1', 'b=2'] } }));
    expect(noted).toEqual([201, ['x-own', 'yes'], ['set-cookie', ['a=1', 'b=2']]]);
  });

  it.each<[number, string, object]>([
    [1, 'Made', { statusMessage: 'Made' }],
    [1, '', {}],
    [2, 'Made', {}],
  ])('over HTTP/%i with the reason %j has %o', (version, statusText, expected) => {
    const { reply, raw } = noting(version);
    replyPayload(reply, stream({ head: { ...head, statusText } }));
    expect(raw).toEqual(expected);
  });

  it('is nothing for a Response without a body', () => {
    const { reply } = noting();
    expect(
      replyPayload(reply, stream({ head, first: undefined, source: undefined })),
    ).toBeUndefined();
  });
});
