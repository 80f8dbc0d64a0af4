import { getEventListeners } from 'node:events';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { type HeldBody, holdBody } from '../../src/router/adapters/fetch/held-body.ts';
import { headOf, legRequest } from '../../src/router/adapters/fetch/leg-request.ts';

const url = 'http://chat.test/chat';
const post = (body: unknown, more: object = {}): Request =>
  new Request(url, { method: 'POST', body, duplex: 'half', ...more } as RequestInit);
const never = (): AbortSignal => new AbortController().signal;
const held = async (request: Request, maxBytes = 10, clock = fakeClock()): Promise<HeldBody> =>
  holdBody(request, { maxBytes, maxWaitMs: 1000, clock }, never());
const textOf = async (stream: ReadableStream): Promise<string> => new Response(stream).text();

describe('a body that is held', () => {
  it.each<[string, () => Request, string]>([
    ['of GET', () => new Request(url), 'none'],
    ['of HEAD', () => new Request(url, { method: 'HEAD' }), 'none'],
    ['of POST without one', () => new Request(url, { method: 'POST' }), 'none'],
    [
      'that says it is too large',
      () => post('x', { headers: { 'content-length': '11' } }),
      'untouched',
    ],
    [
      'that is as large as may be',
      () => post('0123456789', { headers: { 'content-length': '10' } }),
      'whole',
    ],
    [
      'that is locked',
      () => {
        const request = post('x');
        request.body?.getReader();
        return request;
      },
      'untouched',
    ],
  ])('%s', async (_what, make, kind) => {
    expect(await held(make())).toMatchObject({ kind });
  });

  it('that has been read is somebody else’s', async () => {
    const request = post('x');
    await request.text();
    expect(await held(request)).toEqual({ kind: 'untouched' });
  });

  it('of a request that may have none is not looked at', () => {
    const request = { method: 'GET', bodyUsed: true, headers: new Headers() } as Request;
    const limits = { maxBytes: 1, maxWaitMs: 1, clock: fakeClock() };
    expect(holdBody(request, limits, never())).toEqual({ kind: 'none' });
  });

  it('is whole, of all its pieces, and leaves neither timer nor listener', async () => {
    const clock = fakeClock();
    const { signal } = new AbortController();
    const request = post(ReadableStream.from([Buffer.from('ab'), Buffer.from('cd')]));
    const body = await holdBody(request, { maxBytes: 4, maxWaitMs: 1000, clock }, signal);
    expect(body.kind === 'whole' && Buffer.from(body.bytes).toString()).toBe('abcd');
    expect([clock.pending, getEventListeners(signal, 'abort')]).toEqual([0, []]);
  });

  it('that was begun is replayed with the rest, and cancelled with its reason', async () => {
    const body = await held(post(ReadableStream.from([Buffer.from('ab'), Buffer.from('cd')])), 1);
    expect(body.kind === 'begun' && (await textOf(body.replay()))).toBe('abcd');
    const reasons: unknown[] = [];
    const open = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('ab')),
      cancel: (reason) => void reasons.push(reason),
    });
    const begun = await held(post(open), 1);
    if (begun.kind === 'begun') await begun.replay().cancel('left');
    expect(reasons).toEqual(['left']);
  });

  it('is asked for the rest only as it is read', async () => {
    let asked = 0;
    const source = new ReadableStream(
      {
        pull: (controller) => {
          asked += 1;
          controller.enqueue(Buffer.from('ab'));
        },
      },
      { highWaterMark: 0 },
    );
    const body = await held(post(source), 1);
    const before = asked;
    if (body.kind === 'begun') body.replay();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(before);
  });

  it('is waited for no longer than it may take, or than anybody wants it', async () => {
    const open = () => post(new ReadableStream());
    const clock = fakeClock();
    const slow = held(open(), 10, clock);
    await clock.advance(1000);
    expect((await slow).kind).toBe('begun');
    const gone = new AbortController();
    const limits = { maxBytes: 10, maxWaitMs: 1000, clock };
    const left = holdBody(open(), limits, gone.signal);
    gone.abort();
    expect((await left).kind).toBe('begun');
    expect((await holdBody(open(), limits, gone.signal)).kind).toBe('begun');
    expect(clock.pending).toBe(0);
  });
});

describe('a request that is made again', () => {
  it('is the same but for its body and its signal', async () => {
    const request = post('x', {
      headers: { 'x-own': '1' },
      redirect: 'manual',
      credentials: 'omit',
    });
    const { signal } = new AbortController();
    const again = legRequest(headOf(request), new TextEncoder().encode('y'), signal);
    expect(again).toMatchObject({ method: 'POST', url, redirect: 'manual', credentials: 'omit' });
    expect([again.headers.get('x-own'), await again.text()]).toEqual(['1', 'y']);
  });

  it('may have a body that comes in pieces, and then cannot outlive its page', async () => {
    const request = new Request(url, { method: 'POST', body: 'x', keepalive: true });
    const whole = legRequest(headOf(request), new TextEncoder().encode('y'), never());
    const streamed = legRequest(headOf(request), ReadableStream.from([Buffer.from('y')]), never());
    expect([whole.keepalive, streamed.keepalive]).toEqual([true, false]);
    expect([streamed.duplex, await streamed.text()]).toEqual(['half', 'y']);
  });

  it('may have none', () => {
    expect(legRequest(headOf(new Request(url)), undefined, never()).body).toBeNull();
  });
});
