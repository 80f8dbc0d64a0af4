import { describe, expect, it } from 'vitest';
import { tapResponse } from '../../src/router/replies/tap-response.ts';
import { tapWebStream } from '../../src/router/replies/tap-web-stream.ts';
import { noting as notingAll } from './tapped.ts';

const boom = new Error('stream broke');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What an observer is told, with the text of bytes as they pass: who keeps them copies them then. */
function noting() {
  const { told, observer } = notingAll();
  const chunk = (value: unknown): void =>
    observer.chunk(value instanceof Uint8Array ? Buffer.from(value).toString() : value);
  return { told, observer: { ...observer, chunk } };
}

function tapped(stream: ReadableStream<unknown>) {
  const { told, observer } = noting();
  const tap = tapWebStream(stream, observer);
  if (tap === undefined) throw new Error('not tapped');
  return { told, tap, reply: tap.reply as ReadableStream<unknown> };
}
const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const chunk of stream) text += Buffer.from(chunk as string).toString();
  return text;
};
/** A stream of bytes that fills what it is given. */
const bytes = (...texts: string[]) => {
  const asked: (number | undefined)[] = [];
  const stream = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const text = texts.shift();
      const view = controller.byobRequest?.view as Uint8Array | undefined;
      asked.push(view?.byteLength);
      if (text === undefined) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else if (view === undefined) controller.enqueue(new TextEncoder().encode(text));
      else {
        view.set(Buffer.from(text));
        controller.byobRequest?.respond(text.length);
      }
    },
  });
  return { stream, asked };
};

describe('a ReadableStream that is observed', () => {
  it('is told chunk by chunk, and its end', async () => {
    const { told, reply } = tapped(ReadableStream.from(['a', 'b']));
    expect(await textOf(reply)).toBe('ab');
    expect(told.slice(0, 3)).toEqual(['a', 'b', 'ended']);
  });

  it('is read when, and only when, its consumer reads', async () => {
    let asked = 0;
    const source = new ReadableStream(
      {
        pull: (controller) => {
          asked += 1;
          controller.enqueue('a');
        },
      },
      { highWaterMark: 0 },
    );
    const { reply } = tapped(source);
    await turn();
    expect(asked).toBe(0);
    const reader = reply.getReader();
    await reader.read();
    await turn();
    expect(asked).toBe(1);
  });

  it('is told to have failed, also where nobody reads', async () => {
    const read = tapped(new ReadableStream({ pull: (controller) => controller.error(boom) }));
    await expect(textOf(read.reply)).rejects.toBe(boom);
    expect(read.told[0]).toEqual(['failed', boom]);
    const unread = tapped(new ReadableStream({ start: (controller) => controller.error(boom) }));
    await turn();
    expect(unread.told).toEqual([['failed', boom]]);
    await expect(textOf(unread.reply)).rejects.toBe(boom);
  });

  it('is told to have ended, also where nobody reads', async () => {
    const { told, reply } = tapped(
      new ReadableStream({ start: (controller) => controller.close() }),
    );
    await turn();
    expect(told).toEqual(['ended']);
    expect(await textOf(reply)).toBe('');
  });

  it('is cut by who cancels it, with the reason', async () => {
    const reasons: unknown[] = [];
    const { told, reply } = tapped(
      new ReadableStream({ cancel: (reason) => void reasons.push(reason) }),
    );
    await reply.cancel('left');
    expect([told[0], reasons]).toEqual(['cut', ['left']]);
  });

  it('gives its first chunk again once that was waited for', async () => {
    const { told, tap, reply } = tapped(ReadableStream.from(['a', 'b']));
    expect(await tap.first()).toBe(true);
    await turn();
    expect(told).toEqual([]);
    expect(await textOf(reply)).toBe('ab');
    expect(told.slice(0, 3)).toEqual(['a', 'b', 'ended']);
  });

  it('may have no first chunk, or fail before it', async () => {
    const empty = tapped(ReadableStream.from([]));
    expect(await empty.tap.first()).toBe(false);
    expect(await textOf(empty.reply)).toBe('');
    const failing = tapped(new ReadableStream({ start: (controller) => controller.error(boom) }));
    await expect(failing.tap.first()).rejects.toBe(boom);
  });

  it('is cancelled when it is abandoned', async () => {
    let cancelled = 0;
    const { tap } = tapped(
      new ReadableStream({
        cancel: () => {
          cancelled += 1;
          throw boom;
        },
      }),
    );
    tap.abandon();
    await turn();
    expect(cancelled).toBe(1);
  });
});

describe('a stream of bytes that is observed', () => {
  it('fills its consumer’s own buffer, and is asked for no more than that has room for', async () => {
    const { stream, asked } = bytes('ab', 'c');
    const { told, reply } = tapped(stream as ReadableStream<unknown>);
    const reader = (reply as ReadableStream<Uint8Array<ArrayBuffer>>).getReader({ mode: 'byob' });
    const read = async () => {
      const { done, value } = await reader.read(new Uint8Array(5));
      return [done, Buffer.from(value ?? []).toString()];
    };
    expect([await read(), await read(), await read()]).toEqual([
      [false, 'ab'],
      [false, 'c'],
      [true, ''],
    ]);
    expect(asked).toEqual([5, 5, 5]);
    expect(told.slice(0, 2)).toEqual(['ab', 'c']);
    expect(told).toContain('ended');
  });

  it('may be read with a buffer and without, by turns', async () => {
    const { stream } = bytes('ab', 'c', 'd');
    const { told, reply } = tapped(stream as ReadableStream<unknown>);
    const source = reply as ReadableStream<Uint8Array<ArrayBuffer>>;
    const filled = source.getReader({ mode: 'byob' });
    const first = await filled.read(new Uint8Array(5));
    filled.releaseLock();
    const plain = source.getReader();
    const second = await plain.read();
    plain.releaseLock();
    const rest = await textOf(source);
    expect([first.value, second.value].map((one) => Buffer.from(one ?? []).toString())).toEqual([
      'ab',
      'c',
    ]);
    expect(rest).toBe('d');
    await turn();
    expect(told.filter((one) => one === 'ended').length).toBeGreaterThan(0);
  });

  it('gives the first chunk that was waited for to a consumer with a buffer too', async () => {
    const { stream } = bytes('ab', 'c');
    const { tap, reply } = tapped(stream as ReadableStream<unknown>);
    expect(await tap.first()).toBe(true);
    const reader = (reply as ReadableStream<Uint8Array<ArrayBuffer>>).getReader({ mode: 'byob' });
    const texts: string[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(5));
      if (done) break;
      texts.push(Buffer.from(value).toString());
    }
    expect(texts.join('')).toBe('abc');
  });

  it('gives its consumer’s buffer back where it ends without a byte', async () => {
    for (const waits of [false, true]) {
      const { stream } = bytes();
      const { tap, reply } = tapped(stream as ReadableStream<unknown>);
      if (waits) expect(await tap.first()).toBe(false);
      const reader = (reply as ReadableStream<Uint8Array<ArrayBuffer>>).getReader({ mode: 'byob' });
      const { done, value } = await reader.read(new Uint8Array(5));
      expect([done, value?.buffer.byteLength]).toEqual([true, 5]);
    }
  });
});

describe('a stream that is more than a ReadableStream, or is somebody’s', () => {
  class Own extends ReadableStream<unknown> {
    readonly mine = true;
  }
  class Same extends ReadableStream<unknown> {}

  it.each<[string, () => unknown]>([
    ['has a member of its own', () => Object.assign(new ReadableStream(), { id: 1 })],
    ['is of a class with members of its own', () => new Own()],
    ['only looks like one', () => ({ getReader: () => undefined })],
    [
      'is locked',
      () => {
        const stream = new ReadableStream();
        stream.getReader();
        return stream;
      },
    ],
  ])('is not taken where it %s', (_why, make) => {
    const { observer } = noting();
    expect(tapWebStream(make() as ReadableStream, observer)).toBeUndefined();
  });

  it('is not taken where it has been read', async () => {
    const stream = ReadableStream.from(['a', 'b']);
    const reader = stream.getReader();
    await reader.read();
    reader.releaseLock();
    expect(tapWebStream(stream, noting().observer)).toBeUndefined();
  });

  it('is taken where its class adds nothing', () => {
    expect(tapWebStream(new Same(), noting().observer)).toBeDefined();
  });
});

describe('a Response that is observed', () => {
  it('is one with the same facts, whose body is told of', async () => {
    const { told, observer } = noting();
    const response = new Response('ab', {
      status: 201,
      statusText: 'Made',
      headers: { 'x-own': '1' },
    });
    Object.defineProperty(response, 'url', { value: 'https://x.test/', configurable: true });
    const tap = tapResponse(response, observer);
    const reply = tap?.reply as Response;
    expect(reply).toMatchObject({ status: 201, statusText: 'Made', url: 'https://x.test/' });
    expect([reply.headers.get('x-own'), reply.redirected, reply.type]).toEqual([
      '1',
      false,
      'default',
    ]);
    Object.defineProperty(reply, 'url', { value: 'https://y.test/' });
    expect(reply.url).toBe('https://y.test/');
    expect(await reply.text()).toBe('ab');
    expect(told[0]).toBe('ab');
  });

  it('waits for its first chunk, and is abandoned, as its body', async () => {
    let cancelled = 0;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('a')),
      cancel: () => {
        cancelled += 1;
      },
    });
    const tap = tapResponse(new Response(body), noting().observer);
    expect(await tap?.first()).toBe(true);
    tap?.abandon();
    await turn();
    expect(cancelled).toBe(1);
  });

  class Own extends Response {}

  it.each<[string, () => Response | Promise<Response>]>([
    ['has no body', () => new Response(null)],
    ['is an error', () => Response.error()],
    ['is of a class of its own', () => new Own('x')],
    ['has a member of its own', () => Object.assign(new Response('x'), { id: 1 })],
    [
      'has been read',
      async () => {
        const response = new Response('x');
        await response.text();
        return response;
      },
    ],
    [
      'has a body that is someone else’s',
      () => {
        const response = new Response('x');
        response.body?.getReader();
        return response;
      },
    ],
  ])('is not one that %s', async (_why, make) => {
    expect(tapResponse(await make(), noting().observer)).toBeUndefined();
  });
});
