import { describe, expect, it } from 'vitest';
import { EventRecording } from '../../src/router/replies/event-recording.ts';
import { exchangeView } from '../../src/router/replies/exchange-view.ts';
import { mirroredReply } from '../../src/router/replies/mirrored-reply.ts';
import { mirroredStream } from '../../src/router/replies/mirrored-stream.ts';

async function* pieces(...chunks: unknown[]) {
  yield* chunks;
}
const boom = new Error('asked for');
const never = (): AbortSignal => new AbortController().signal;

describe('a reply that a framework would send', () => {
  it.each<[string, () => unknown, unknown]>([
    ['text in pieces', () => pieces('a'), undefined],
    ['bytes in pieces', () => pieces(Buffer.from('a')), undefined],
    ['a Response of bytes', () => new Response(Buffer.from('a')), undefined],
    ['a Response of text', () => new Response('a'), 'text/plain;charset=UTF-8'],
  ])('has the type that the leg has declared where it is %s', async (_what, make, contentType) => {
    expect(await mirroredReply(make(), { signal: never() })).toMatchObject({ contentType });
  });

  it.each<[string, () => unknown]>([
    ['an empty stream', () => pieces()],
    ['a stream of empty pieces', () => pieces('', '')],
    ['a Response without a body', () => new Response(null, { status: 204 })],
    ['a Response without a byte', () => new Response('')],
  ])('is an empty text where it is %s', async (_what, make) => {
    expect(await mirroredReply(make(), { signal: never() })).toBe('');
  });

  it('keeps the status of one that says nothing and is no success', async () => {
    const reply = await mirroredReply(new Response(null, { status: 404 }), { signal: never() });
    expect(reply).toMatchObject({ status: 404, chunks: [] });
  });

  it.each<[string, unknown]>([
    ['what cannot be sent', undefined],
    ['a stream of objects', pieces({ text: 'a' })],
    ['an error Response', Response.error()],
  ])('fails as serving it would where it is %s', async (_what, value) => {
    await expect(mirroredReply(value, { signal: never() })).rejects.toMatchObject({
      code: 'ERR_CUTOVER_UNSENDABLE_REPLY',
    });
  });

  it('asks for no signal where the reply is whole', async () => {
    const run = {
      get signal(): AbortSignal {
        throw boom;
      },
    };
    expect(await mirroredReply('text', run)).toBe('text');
  });

  it('is kept up to 256 KiB', async () => {
    for (const [size, truncated] of [
      [262_144, false],
      [262_145, true],
    ] as const) {
      const kept = await mirroredReply(pieces(Buffer.alloc(size)), { signal: never() });
      expect(kept).toMatchObject({ truncated });
    }
  });
});

describe('a reply as it was returned', () => {
  it('may be a stream of objects, whose text is kept', async () => {
    const kept = await mirroredStream(pieces({ text: 'a' }, { text: 'b' }), never, 1000);
    expect(kept).toBeInstanceOf(EventRecording);
    expect(exchangeView(kept, undefined)).toEqual({ text: 'ab' });
    expect(exchangeView(kept, (text) => ({ text: `seen ${text}` }))).toEqual({ text: 'seen ab' });
  });

  it.each<[string, unknown]>([
    ['a Response without a body', new Response(null)],
    ['a look-alike of a Response', { status: 200, headers: new Headers(), body: null }],
  ])('is itself where it is %s', async (_what, value) => {
    expect(await mirroredStream(value, never, 1000)).toBe(value);
  });

  it('asks for no signal where there is no stream', async () => {
    const signal = (): never => {
      throw boom;
    };
    expect(await mirroredStream({ text: 'a' }, signal, 1000)).toEqual({ text: 'a' });
  });

  it('is read as its own view reads it, once its text is known', () => {
    const text = (value: unknown) => ({ text: `view of ${JSON.stringify(value)}` });
    expect(exchangeView('plain', undefined)).toEqual({ text: 'plain' });
    expect(exchangeView({ a: 1 }, text)).toEqual({ text: 'view of {"a":1}' });
    expect(exchangeView({ a: 1 }, undefined)).toBeUndefined();
  });
});

describe('a stream of a plain handler that gives nothing', () => {
  const read = (value: unknown, maxBytes = 100) => mirroredStream(value, never, maxBytes);

  it.each<[string, () => unknown]>([
    ['no chunk', () => pieces()],
    ['empty chunks', () => pieces('', '')],
    ['no byte of a Response', () => new Response('')],
  ])('is an empty text: %s', async (_what, make) => {
    expect(await read(make())).toBe('');
  });

  it('is kept with its status where that is no success', async () => {
    for (const status of [300, 404]) {
      expect(await read(new Response('', { status }))).toMatchObject({ status });
    }
  });

  it('is none that was too long, nor one of events', async () => {
    expect(await read(pieces('long'), 1)).toMatchObject({ truncated: true });
    expect(await read(pieces({ type: 'start' }))).toBeInstanceOf(EventRecording);
  });
});
