import { describe, expect, it } from 'vitest';
import { tapped, textOf } from './tapped-web.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
