import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { tapNodeStream } from '../../src/router/replies/tap-node-stream.ts';
import { noting } from './tapped.ts';

const boom = new Error('stream broke');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A stream that gives what the test pushes, and what its observer is told. */
function tapped(stream = new Readable({ read: () => undefined, encoding: 'utf8' })) {
  const { told, observer } = noting();
  const tap = tapNodeStream(stream, observer);
  if (tap === undefined) throw new Error('not tapped');
  return { stream, told, tap };
}
const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
};

describe('a Node stream that is observed', () => {
  it('is told chunk by chunk, and is the very same', async () => {
    const { stream, told, tap } = tapped(Readable.from(['a', 'b']));
    expect(tap.reply).toBe(stream);
    expect(await textOf(stream)).toBe('ab');
    await turn();
    expect(told).toEqual(['a', 'b', 'ended', 'cut']);
  });

  it('is told to have failed', async () => {
    const { stream, told } = tapped();
    stream.on('error', () => undefined);
    stream.destroy(boom);
    await turn();
    expect(told).toEqual([['failed', boom], 'cut']);
  });

  it('passes on what is emitted, and what that gives', () => {
    const { stream, told } = tapped();
    const seen: unknown[] = [];
    stream.on('own', (...args: unknown[]) => seen.push(args));
    expect([stream.emit('own', 1, 2), stream.emit('nothing')]).toEqual([true, false]);
    expect([seen, told]).toEqual([[[1, 2]], []]);
  });

  it('tells nothing of another stream that is made of it', () => {
    const { stream, told } = tapped();
    const other = Object.create(stream) as Readable;
    other.emit('data', 'of another');
    expect(told).toEqual([]);
  });

  it('is not one that has been read, or is gone', async () => {
    const { observer } = noting();
    const read = Readable.from(['a', 'b']);
    for await (const _chunk of read) break;
    const destroyed = new Readable({ read: () => undefined });
    destroyed.destroy();
    const half = new Readable({ read: () => undefined });
    half.push('a');
    half.read();
    expect([read, destroyed, half].map((one) => tapNodeStream(one, observer))).toEqual(
      Array(3).fill(undefined),
    );
  });
});

describe('the first chunk of a Node stream', () => {
  it('is there when it has come, and is not taken', async () => {
    const { stream, tap } = tapped();
    const first = tap.first();
    stream.push('a');
    expect(await first).toBe(true);
    stream.push(null);
    expect(await textOf(stream)).toBe('a');
  });

  it('may be there already', async () => {
    const { stream, tap } = tapped();
    stream.push('a');
    expect(await tap.first()).toBe(true);
    expect(stream.listenerCount('readable')).toBe(0);
  });

  it('is somebody else’s business where the stream is read already', async () => {
    const { stream, tap } = tapped();
    stream.resume();
    expect(await tap.first()).toBe(true);
  });

  it.each([true, false])(
    'may never come: the stream ends (before it was asked: %s)',
    async (isEarly) => {
      const { stream, tap, told } = tapped();
      if (isEarly) stream.push(null);
      const first = tap.first();
      if (!isEarly) stream.push(null);
      expect(await first).toBe(false);
      expect(await textOf(stream)).toBe('');
      expect(told[0]).toBe('ended');
    },
  );

  it('may fail to come', async () => {
    const { stream, tap } = tapped();
    const first = tap.first();
    stream.destroy(boom);
    await expect(first).rejects.toBe(boom);
  });

  it('may fail to come as the stream is closed', async () => {
    const { stream, tap } = tapped();
    const first = tap.first();
    stream.destroy();
    await expect(first).rejects.toMatchObject({
      code: 'ERR_CUTOVER_CONTAINED',
      message: 'The stream was closed before its first chunk.',
    });
  });

  it('leaves no listener but those of one turn', async () => {
    const { stream, tap } = tapped();
    const counts = () =>
      ['readable', 'end', 'error', 'close'].map((event) => stream.listenerCount(event));
    const before = counts();
    const first = tap.first();
    stream.push('a');
    await first;
    await turn();
    expect(counts()).toEqual(before);
  });

  it('keeps a failure behind it from ending the process, and tells it again to who listens then', async () => {
    const { stream, tap } = tapped();
    const first = tap.first();
    stream.push('a');
    await first;
    stream.destroy(boom);
    const heard: unknown[] = [];
    await new Promise((resolve) => process.nextTick(resolve));
    stream.on('error', (reason) => heard.push(reason));
    stream.on('close', () => heard.push('closed'));
    await turn();
    await turn();
    expect(heard).toEqual([boom, 'closed']);
  });

  it('tells a failure once to who listened in time', async () => {
    const { stream, tap } = tapped();
    const first = tap.first();
    stream.push('a');
    await first;
    const heard: unknown[] = [];
    stream.on('error', (reason) => heard.push(reason));
    stream.on('close', () => heard.push('closed'));
    stream.destroy(boom);
    await turn();
    await turn();
    expect(heard).toEqual([boom, 'closed']);
  });

  it('and a failure behind it that nobody listens for ends nothing', async () => {
    const uncaught: unknown[] = [];
    const note = (reason: unknown): void => void uncaught.push(reason);
    process.on('uncaughtException', note);
    const { stream, tap } = tapped();
    const first = tap.first();
    stream.push('a');
    await first;
    stream.destroy(boom);
    await turn();
    await turn();
    process.off('uncaughtException', note);
    expect(uncaught).toEqual([]);
  });
});

it('a Node stream that is abandoned is destroyed, whatever it fails with', async () => {
  const { stream, tap } = tapped(
    new Readable({ read: () => undefined, destroy: (_error, done) => done(boom) }),
  );
  tap.abandon();
  await turn();
  expect(stream.destroyed).toBe(true);
});
