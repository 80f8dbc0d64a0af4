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

  it('is refused where it is not what it says', async () => {
    await expect(decodeContent(plain, 'gzip', 100)).rejects.toThrow();
    await expect(decodeContent(gzipSync(gzipSync(plain)), 'br, gzip', 100)).rejects.toThrow();
  });

  it('is refused where it is larger than it may be', async () => {
    await expect(decodeContent(gzipSync(plain), 'gzip', 5)).rejects.toThrow();
    expect(await decodeContent(gzipSync(plain), 'gzip', 6)).toHaveLength(6);
  });
});
