import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { describe, expect, it } from 'vitest';
import { sendReply } from '../../src/router/adapters/express/send-reply.ts';
import type { PreparedReply } from '../../src/router/replies/prepare-reply.ts';

/** A response of Express that notes what is done with it. */
class Noting extends EventEmitter {
  readonly noted: unknown[] = [];
  readonly req = { method: 'GET' };
  headersSent = false;
  destroyed = false;
  writableEnded = false;
  closed = false;
  statusCode = 200;
  statusMessage: string | undefined = undefined;
  hasType = false;
  /** What `write` gives. */
  hasRoom = true;
  onWrite = (): void => undefined;

  setHeader(name: string, value: unknown): void {
    this.noted.push([name, value]);
  }
  append(name: string, value: unknown): void {
    this.noted.push([name, value]);
  }
  hasHeader(name: string): boolean {
    return name === 'content-type' && this.hasType;
  }
  type(given: string): void {
    this.noted.push(given);
  }
  write(chunk: unknown): boolean {
    this.noted.push(String(chunk));
    this.onWrite();
    return this.hasRoom;
  }
  end(): void {
    this.noted.push('end');
  }
  destroy(): void {
    this.noted.push('destroy');
  }
  json(body: unknown): void {
    this.noted.push({ json: body });
  }
  send(body: unknown): void {
    this.noted.push({ send: body });
  }
}

/** A stream of these chunks, which notes when it is cancelled. */
function stream(chunks: readonly unknown[], over: object = {}) {
  const left = [...chunks];
  const cancelled: string[] = [];
  const first = left.shift();
  const source = {
    next: async () => {
      const chunk = left.shift();
      if (chunk instanceof Error) throw chunk;
      return chunk;
    },
    cancel: () => void cancelled.push('cancelled'),
  };
  const reply = { kind: 'stream', head: undefined, first, source, ...over } as PreparedReply;
  return { reply, cancelled };
}
const send = (res: Noting, reply: PreparedReply): Promise<void> =>
  sendReply(res as unknown as Response, reply);

describe('a reply that Express sends', () => {
  it('is whole where it is there as a whole', async () => {
    const res = new Noting();
    await send(res, { kind: 'json', body: { a: 1 } });
    await send(res, { kind: 'text', body: 'x' });
    await send(res, { kind: 'bytes', body: Buffer.from('x') });
    expect(res.noted).toEqual([{ json: { a: 1 } }, { send: 'x' }, { send: Buffer.from('x') }]);
  });

  it.each<[string, unknown[], string]>([
    ['text', ['a', 'b'], 'text/plain'],
    ['bytes', [Buffer.from('a'), Buffer.from('b')], 'application/octet-stream'],
  ])('has a type where it is a stream of %s', async (_what, chunks, type) => {
    const res = new Noting();
    await send(res, stream(chunks).reply);
    expect(res.noted).toEqual([type, 'a', 'b', 'end']);
  });

  it('keeps the type that the app has set', async () => {
    const res = Object.assign(new Noting(), { hasType: true });
    await send(res, stream(['a']).reply);
    expect(res.noted).toEqual(['a', 'end']);
  });

  it('takes over the head of a Response, its reason and its cookies where it has any', async () => {
    const head = { status: 201, statusText: '', headers: [['x-own', 'yes']], cookies: [] };
    const bare = new Noting();
    await send(bare, stream(['a'], { head }).reply);
    expect([bare.statusCode, bare.statusMessage, bare.noted]).toEqual([
      201,
      undefined,
      [['x-own', 'yes'], 'a', 'end'],
    ]);
    const full = new Noting();
    await send(
      full,
      stream(['a'], { head: { ...head, statusText: 'Made', cookies: ['b=1'] } }).reply,
    );
    expect(full.statusMessage).toBe('Made');
    expect(full.noted).toContainEqual(['Set-Cookie', ['b=1']]);
  });

  it.each<[string, object, string]>([
    ['has no body', { source: undefined }, 'GET'],
    ['is empty', { first: undefined }, 'GET'],
    ['answers HEAD', {}, 'HEAD'],
  ])('is its head alone where it %s', async (_why, over, method) => {
    const res = Object.assign(new Noting(), { req: { method }, hasType: true });
    const { reply, cancelled } = stream(['a', 'b'], over);
    await send(res, reply);
    expect(res.noted).toEqual(['end']);
    expect(cancelled).toEqual('source' in over ? [] : ['cancelled']);
  });

  it.each(['headersSent', 'destroyed', 'writableEnded', 'closed'] as const)(
    'is not sent, and its stream cancelled, where the response is %s',
    async (state) => {
      const res = Object.assign(new Noting(), { [state]: true });
      const { reply, cancelled } = stream(['a']);
      await send(res, reply);
      await send(res, { kind: 'text', body: 'x' });
      await send(res, stream(['a'], { source: undefined }).reply);
      expect([res.noted, cancelled]).toEqual([[], ['cancelled']]);
    },
  );

  it.each(['destroyed', 'writableEnded', 'closed'] as const)(
    'is written no further, and not ended, once the response is %s',
    async (state) => {
      const res = Object.assign(new Noting(), { hasType: true });
      res.onWrite = () => void Object.assign(res, { [state]: true });
      await send(res, stream(['a', 'b']).reply);
      expect(res.noted).toEqual(['a']);
    },
  );

  it('waits for room, and is flushed through what would hold it back', async () => {
    const res = Object.assign(new Noting(), {
      hasType: true,
      hasRoom: false,
      flush: () => res.noted.push('flush'),
    });
    const sending = send(res, stream(['a', 'b']).reply);
    await new Promise((resolve) => setImmediate(resolve));
    expect(res.noted).toEqual(['a', 'flush']);
    res.hasRoom = true;
    res.emit('drain');
    await sending;
    expect(res.noted).toEqual(['a', 'flush', 'b', 'flush', 'end']);
    expect(res.listenerCount('drain')).toBe(1);
  });

  it('is given up when the client leaves while it waits', async () => {
    const res = Object.assign(new Noting(), { hasType: true, hasRoom: false });
    const { reply, cancelled } = stream(['a', 'b']);
    const sending = send(res, reply);
    await new Promise((resolve) => setImmediate(resolve));
    res.emit('close');
    await sending;
    expect([res.noted, cancelled]).toEqual([['a'], ['cancelled']]);
  });

  it('breaks the connection where its stream fails midway, and rejects', async () => {
    const boom = new Error('broke');
    const res = Object.assign(new Noting(), { hasType: true });
    await expect(send(res, stream(['a', boom]).reply)).rejects.toBe(boom);
    expect(res.noted).toEqual(['a', 'destroy']);
  });
});
