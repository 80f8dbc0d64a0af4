import { describe, expect, it } from 'vitest';
import { readText } from '../../src/engramia/calls/read-text.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const body = (pieces: readonly Uint8Array[]): Response =>
  new Response(ReadableStream.from(pieces) as ReadableStream<Uint8Array<ArrayBuffer>>);
const read = (pieces: readonly Uint8Array[], most = 100) =>
  readText(body(pieces), most, { drop: undefined, ended: undefined });

describe('the text of an answer', () => {
  const text = 'Grüße aus 北京 🙂';

  it.each([1, 2, 3, 4, 7, 100])('is the same in pieces of %i bytes', async (size) => {
    const whole = bytes(text);
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
      whole.subarray(at * size, (at + 1) * size),
    );
    expect(await read(pieces)).toBe(text);
    expect(await read([bytes('next')])).toBe('next');
  });

  it('is without the mark that some begin with, each time', async () => {
    for (let times = 0; times < 2; times += 1) {
      expect(await read([bytes(`\ufeff${text}`)])).toBe(text);
      expect(await read([bytes('\ufeff'), bytes(text)])).toBe(text);
    }
  });

  it('says where a letter is cut in the middle, and takes nothing into the next', async () => {
    const cut = bytes('é').subarray(0, 1);
    expect(await read([cut])).toBe('\ufffd');
    expect(await read([bytes('a'), cut])).toBe('a\ufffd');
    expect(await read([bytes('b')])).toBe('b');
  });

  it('is empty where nothing comes, or there is no body', async () => {
    expect(await read([])).toBe('');
    const nothing = { drop: undefined, ended: undefined };
    expect(await readText(new Response(null), 100, nothing)).toBe('');
  });

  it.each([
    [[5, 5, 1], undefined],
    [[11], undefined],
    [[5, 5], 'xxxxxxxxxx'],
  ])('of %j bytes is read up to 10', async (sizes, expected) => {
    const pieces = sizes.map((size) => bytes('x'.repeat(size)));
    expect(await read(pieces, 10)).toBe(expected);
  });
});
