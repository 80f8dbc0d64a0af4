import fs, { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fileHead } from '../../../src/flags/file/file-head.ts';
import { look, lookSync, understand } from '../../../src/flags/file/file-reading.ts';
import { freshFolder } from '../flag-files.ts';

afterEach(() => void vi.restoreAllMocks());

function fileOf(text: string): string {
  const path = join(freshFolder(), 'flags.json');
  writeFileSync(path, text);
  return path;
}

/** Both ways of looking at a file, which see the same. */
const looksAt = async (path: string, maxBytes = 1_000) => {
  const [now, later] = [lookSync(path, maxBytes), await look(path, maxBytes)];
  expect(later).toEqual(now);
  return now;
};

describe('a look at a file', () => {
  it('gives its bytes, to the most that it may have', async () => {
    const path = fileOf('hello');
    expect(await looksAt(path, 5)).toEqual({ bytes: Buffer.from('hello') });
    expect(await looksAt(path, 4)).toEqual({ trouble: 'has more than 4 bytes' });
    expect(await looksAt(fileOf(''))).toEqual({ bytes: Buffer.alloc(0) });
  });

  it('says why there are none', async () => {
    const folder = freshFolder();
    const loop = join(folder, 'loop');
    symlinkSync(loop, loop);
    mkdirSync(join(folder, 'folder'));
    expect(await looksAt(join(folder, 'missing'))).toEqual({ trouble: 'does not exist' });
    expect(await looksAt(join(fileOf('x'), 'below'))).toEqual({ trouble: 'does not exist' });
    expect(await looksAt(join(folder, 'folder'))).toEqual({ trouble: 'is not a file' });
    expect(await looksAt(loop)).toEqual({ trouble: 'cannot be read (ELOOP)' });
  });

  it('takes one that grew while it was read for one that is being written', async () => {
    const grown = { bytes: Buffer.from('hel'), size: 5 };
    vi.spyOn(fileHead, 'readSync').mockReturnValue(grown);
    vi.spyOn(fileHead, 'read').mockResolvedValue(grown);
    expect(await looksAt('flags.json')).toEqual({ trouble: 'is being written' });
  });

  it('leaves no file open, whatever it saw', async () => {
    const [opened, closed] = [vi.spyOn(fs, 'openSync'), vi.spyOn(fs, 'closeSync')];
    const files: { close(): Promise<void> }[] = [];
    const { open } = fs.promises;
    vi.spyOn(fs.promises, 'open').mockImplementation(async (...given) => {
      const file = await open(...given);
      files.push(file);
      vi.spyOn(file, 'close');
      return file;
    });
    await looksAt(fileOf('hello'));
    await looksAt(freshFolder());
    expect(closed.mock.calls.map(([file]) => file)).toEqual(
      opened.mock.results.map(({ value }) => value),
    );
    expect(files).toHaveLength(2);
    for (const { close } of files) expect(close).toHaveBeenCalledTimes(1);
  });
});

describe('the beginning of a file', () => {
  it('is as much as was asked for, and how much there is', async () => {
    const path = fileOf('hello');
    const head = { bytes: Buffer.from('hel'), size: 5 };
    expect(fileHead.readSync(path, 3)).toEqual(head);
    expect(await fileHead.read(path, 3)).toEqual(head);
  });

  it('is none of what is no file, with a code that says so', async () => {
    const error = { code: 'EINVAL', message: 'It is not a file.' };
    const folder = freshFolder();
    expect(() => fileHead.readSync(folder, 3)).toThrow(expect.objectContaining(error));
    await expect(fileHead.read(folder, 3)).rejects.toMatchObject(error);
  });
});

describe('the bytes of a flag file', () => {
  it.each([
    [Buffer.from([0x7b, 0xff, 0x7d]), 'is not UTF-8'],
    [Buffer.from(' \n\t'), 'is empty'],
    [Buffer.from('{'), 'is not JSON'],
    [
      Buffer.from('{"version":2,"stage":7}'),
      'cannot be used: version must be 1; stage must be one of off, dualwrite, shadow, live, rampdown, complete',
    ],
  ])('that say nothing are told in words: %s', (bytes, trouble) => {
    expect(understand(bytes)).toEqual({ trouble });
  });

  it('may begin with a byte order mark', () => {
    expect(understand(Buffer.from('\ufeff{"version":1}')).trouble).toBeUndefined();
  });
});
