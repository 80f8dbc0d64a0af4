import { describe, expect, it } from 'vitest';
import { tapWebStream } from '../../src/router/replies/tap-web-stream.ts';
import { noting, tapped, textOf } from './tapped-web.ts';

const boom = new Error('stream broke');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
