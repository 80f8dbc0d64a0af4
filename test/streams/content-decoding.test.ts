import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeContent } from '../../src/router/replies/content-decoding.ts';

const plain = Buffer.from('a text');

describe('encoded content', () => {
  it.each<[string | undefined, Buffer]>([
    [undefined, plain],
    ['', plain],
    ['identity', plain],
    ['Identity , ', plain],
    ['gzip', gzipSync(plain)],
    ['identity, GZIP', gzipSync(plain)],
    ['gzip, identity', gzipSync(plain)],
    [' gzip ,br', brotliCompressSync(gzipSync(plain))],
  ])('is decoded: %j', async (encoding, bytes) => {
    expect(Buffer.from(await decodeContent(bytes, encoding, 100))).toEqual(plain);
  });

  it('is refused where its encoding is unknown', async () => {
    await expect(decodeContent(plain, 'pack200', 100)).rejects.toThrow(
      'Unknown content-encoding: pack200.',
    );
  });

  it('is undone up to five times, and refused where a header asks for more', async () => {
    const wrapped = (times: number): Buffer =>
      times === 0 ? plain : gzipSync(wrapped(times - 1), { level: 0 });
    const named = (times: number): string => Array(times).fill('gzip').join(', ');
    expect(Buffer.from(await decodeContent(wrapped(5), named(5), 1000))).toEqual(plain);
    await expect(decodeContent(wrapped(6), named(6), 1000)).rejects.toThrow('encodings: 6');
  });

  it('is refused where it is not what it says', async () => {
    await expect(decodeContent(plain, 'gzip', 100)).rejects.toThrow();
    await expect(decodeContent(gzipSync(gzipSync(plain)), 'br, gzip', 100)).rejects.toThrow();
  });

  it('is refused where it is larger than it may be', async () => {
    await expect(decodeContent(gzipSync(plain), 'gzip', 5)).rejects.toThrow();
    expect(await decodeContent(gzipSync(plain), 'gzip', 6)).toHaveLength(6);
  });
});
