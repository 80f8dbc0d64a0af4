import { describe, expect, it } from 'vitest';
import type { Captured } from '../../src/router/replies/captured-reply.ts';
import { EventRecording } from '../../src/router/replies/event-recording.ts';
import { exchangeView } from '../../src/router/replies/exchange-view.ts';
import { StreamRecording } from '../../src/router/replies/stream-recording.ts';
import { bytesInUse } from '../shadow/collect-garbage.ts';

/** What is kept of a stream of these chunks. */
function kept(chunks: readonly unknown[], maxBytes = 1000) {
  const recording = new StreamRecording(maxBytes);
  for (const chunk of chunks) recording.keep(chunk);
  const { isFull } = recording;
  const captured = recording.captured();
  return { isFull, captured, body: captured as Captured };
}

const textOf = (captured: unknown): string | undefined =>
  (exchangeView(captured, undefined) as { text: string } | undefined)?.text;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the recording of a stream', () => {
  it.each<[string, unknown[], string]>([
    ['texts', ['a', 'b'], 'ab'],
    ['bytes', [bytes('a'), bytes('b')], 'ab'],
    ['both', ['a', bytes('b'), 'c'], 'abc'],
    ['a view of a part of a buffer', [Buffer.from('xaby').subarray(1, 3)], 'ab'],
    ['words of two bytes', [new Uint16Array(bytes('abcd').buffer)], 'abcd'],
    ['a character whose halves come apart', ['a\ud83d', '\ude00b'], 'a😀b'],
    ['texts that are long', ['x'.repeat(500), 'y'.repeat(500)], 'x'.repeat(500) + 'y'.repeat(500)],
  ])('holds %s', (_what, chunks, text) => {
    const { captured, isFull, body } = kept(chunks);
    expect(isFull).toBe(false);
    expect(body.truncated).toBe(false);
    expect(Buffer.concat(body.chunks).toString()).toBe(text);
    expect(textOf(captured)).toBe(text);
  });

  it('keeps halves of characters together however many texts are gathered', () => {
    for (const length of [4094, 4095, 4096, 4097]) {
      const text = `${'x'.repeat(length)}😀é`;
      const { body } = kept(
        [...Array(text.length).keys()].map((at) => text.charAt(at)),
        9000,
      );
      expect(Buffer.concat(body.chunks).toString()).toBe(text);
    }
  });

  it('takes of a stream of words that is open not much more than what they say', () => {
    const recordings = Array.from({ length: 20 }, () => new EventRecording(262_144));
    const before = bytesInUse();
    for (const recording of recordings) {
      for (let n = 1000; n < 9000; n += 1) {
        recording.keep({ type: 'text-delta', delta: ` word ${n}` });
      }
    }
    const units = 20 * 8000 * ' word 1000'.length;
    expect((bytesInUse() - before) / units).toBeLessThan(2);
    expect(recordings[19]?.text()).toHaveLength(units / 20);
  });

  it('keeps no chunk itself: what is written into a buffer later is not kept', () => {
    const chunk = Buffer.from('before');
    const recording = new StreamRecording(100);
    recording.keep(chunk);
    chunk.write('after!');
    expect(textOf(recording.captured())).toBe('before');
  });

  it.each<[string, unknown[], number, boolean]>([
    ['texts of as many bytes as it may hold', ['aé', 'b'], 4, false],
    ['texts of one byte more', ['aé', 'bc'], 4, true],
    ['texts of as many units, but more bytes', ['éé'], 3, true],
    ['bytes of as many as it may hold', [bytes('abcd')], 4, false],
    ['bytes of one more', [bytes('abc'), bytes('de')], 4, true],
    ['text and bytes of one more', ['abc', bytes('de')], 4, true],
  ])('is of the whole or of nothing: %s', (_what, chunks, maxBytes, isFull) => {
    const recorded = kept(chunks, maxBytes);
    expect(recorded.body.truncated).toBe(isFull);
    if (isFull) expect(recorded.body).toMatchObject({ byteLength: 0, chunks: [Buffer.alloc(0)] });
    expect(textOf(recorded.captured) === undefined).toBe(isFull);
  });

  it('says at once that a text is too large, and lets go of what it held', () => {
    const recording = new StreamRecording(4);
    recording.keep('abc');
    expect(recording.isFull).toBe(false);
    recording.keep('de');
    expect(recording.isFull).toBe(true);
    recording.keep('f');
    expect(recording.captured()).toMatchObject({ byteLength: 0, truncated: true });
  });

  it.each<[string, unknown[]]>([
    ['a number', ['a', 7]],
    ['nothing', ['a', undefined]],
    ['null', [null]],
    ['an event after text', ['a', { text: 'b' }]],
    ['an event after bytes', [bytes('a'), { text: 'b' }]],
    ['text after an event', [{ text: 'b' }, 'a']],
    ['bytes after an event', [{ text: 'b' }, bytes('a')]],
    [
      'a view that does not let itself be looked at',
      [new Proxy({}, { getPrototypeOf: fail, get: fail })],
    ],
  ])('is of nothing where %s came', (_what, chunks) => {
    const { captured, isFull } = kept(chunks);
    expect(isFull || textOf(captured) === undefined).toBe(true);
    expect(textOf(captured)).toBeUndefined();
  });

  it('takes bytes of its own, as many as it charges for', () => {
    const { body } = kept(['abc'], 100_000);
    expect(body.byteLength).toBe(4096);
    expect((body.chunks[0] as Uint8Array).buffer.byteLength).toBe(4096);
    expect(kept(['x'.repeat(5000)], 100_000).body.byteLength).toBe(5000);
    expect(kept(['abc'], 5).body.byteLength).toBe(5);
    const grown = kept([bytes('x'.repeat(4096)), bytes('y')], 100_000);
    expect(grown.body.byteLength).toBe(8192);
  });

  it('has the head that it was given, else that of a text', () => {
    const head = { status: 201, contentType: 'text/html', contentEncoding: 'gzip' };
    expect(new StreamRecording(10, head).captured()).toMatchObject({ ...head, method: 'GET' });
    expect(new StreamRecording(10).captured()).toMatchObject({
      method: 'GET',
      status: 200,
      contentType: undefined,
      contentEncoding: undefined,
      contentLength: undefined,
    });
  });
});

function fail(): never {
  throw new Error('no look');
}

describe('the recording of a stream of events', () => {
  it('is their text', () => {
    const { captured } = kept([{ text: 'a' }, { text: 'b' }]);
    expect(captured).toBeInstanceOf(EventRecording);
    expect(textOf(captured)).toBe('ab');
    expect((captured as EventRecording).byteLength).toBe(4);
  });

  it.each<[number, string | undefined]>([
    [8, 'abcd'],
    [7, undefined],
  ])('of %i bytes at most holds two for each unit', (maxBytes, text) => {
    expect(textOf(kept([{ text: 'ab' }, { text: 'cd' }], maxBytes).captured)).toBe(text);
  });

  it('reads each event as it passes: the same object may come again with another text', () => {
    const recording = new EventRecording(1000);
    const event = { text: 'a' };
    recording.keep(event);
    expect(recording.byteLength).toBe(2);
    event.text = 'b';
    recording.keep(event);
    expect(recording.text()).toBe('ab');
  });

  it('is over once it is too large: what comes then is not kept', () => {
    const recording = new EventRecording(4);
    recording.keep({ text: 'abc' });
    expect(recording.text()).toBeUndefined();
    expect(recording.byteLength).toBe(0);
    recording.keep({ text: 'a' });
    expect(recording.text()).toBeUndefined();
  });

  it('is over when an event does not let itself be looked at', () => {
    const { captured } = kept([{ text: 'a' }, new Proxy({}, { get: fail }), { text: 'b' }]);
    expect(textOf(captured)).toBeUndefined();
  });
});
