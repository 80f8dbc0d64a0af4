import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type JsonlPairsOptions, jsonlPairs } from 'engramia-cutover/pairs';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freshFolder, missesOf, pairOf, readAll } from './pairs.ts';

function setUp(options: Partial<JsonlPairsOptions> = {}) {
  const path = join(freshFolder(), 'logs', 'pairs.jsonl');
  mkdirSync(dirname(path));
  const clock = fakeClock();
  const lines: string[] = [];
  const logger = { warn: (line: string) => void lines.push(line) };
  const pairs = jsonlPairs({ path, clock, logger, ...options });
  onTestFinished(() => pairs.close().catch(() => undefined));
  return { path, clock, lines, pairs, read: () => readAll(path, clock) };
}

const idsOf = ({ pairs }: Awaited<ReturnType<typeof readAll>>): string[] =>
  pairs.map(({ requestId }) => requestId);

describe('a pair log whose directory goes', () => {
  it('says so, keeps what comes, and goes on by itself when the directory is back', async () => {
    const { path, clock, lines, pairs, read } = setUp();
    pairs.add(pairOf({ requestId: 'lost with it' }));
    await pairs.flush();
    rmSync(dirname(path), { recursive: true });
    pairs.add(pairOf({ requestId: 'one' }));
    await expect(pairs.flush()).rejects.toMatchObject({ code: 'ENOENT' });
    pairs.add(pairOf({ requestId: 'two' }));
    await expect(pairs.flush()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(pairs.stats()).toEqual({ written: 1, waiting: 2, dropped: 0, failures: 2 });
    expect(lines).toEqual([
      expect.stringContaining(`The pair log ${path} cannot be written (ENOENT)`),
    ]);

    mkdirSync(dirname(path));
    await clock.advance(2_000);
    // Whoever flushes waits for the write that the clock has begun.
    await pairs.flush();
    expect(idsOf(await read())).toEqual(['one', 'two']);
    expect(lines[1]).toContain('written again');
    // For longer than a line would be left out as a repeated one.
    await clock.advance(61_000);
    pairs.add(pairOf({ requestId: 'three' }));
    await pairs.flush();
    expect(lines).toHaveLength(2);
  });

  it('is spoken of once, however long it lasts', async () => {
    const { path, clock, lines, pairs } = setUp();
    rmSync(dirname(path), { recursive: true });
    pairs.add(pairOf());
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await expect(pairs.flush()).rejects.toThrow();
      await clock.advance(61_000);
    }
    expect(lines).toHaveLength(1);
  });

  it('is tried again ever less often, by one timer', async () => {
    const { path, clock, pairs } = setUp();
    rmSync(dirname(path), { recursive: true });
    pairs.add(pairOf());
    for (const failures of [1, 2, 3]) {
      await expect(pairs.flush()).rejects.toThrow();
      expect(pairs.stats().failures).toBe(failures);
      // The next try, and the pruning.
      expect(clock.pending).toBe(2);
    }
  });

  it('is waited for twice as long each time, up to half a minute', async () => {
    const { path, clock, pairs } = setUp();
    const set = vi.spyOn(clock, 'setTimeout');
    rmSync(dirname(path), { recursive: true });
    pairs.add(pairOf());
    for (let tries = 0; tries < 7; tries += 1) await expect(pairs.flush()).rejects.toThrow();
    const waits = set.mock.calls.map(([, ms]) => ms);
    expect(waits).toEqual([100, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('is not asked for again with each pair that comes meanwhile, however many wait', async () => {
    const { path, pairs } = setUp();
    rmSync(dirname(path), { recursive: true });
    // More than is written at once.
    for (let count = 0; count < 400; count += 1) pairs.add(pairOf());
    await expect(pairs.flush()).rejects.toThrow();
    const { failures } = pairs.stats();
    for (let count = 0; count < 10; count += 1) pairs.add(pairOf());
    await expect(pairs.flush()).rejects.toThrow();
    expect(pairs.stats().failures).toBe(failures + 1);
  });

  it('cannot be erased from meanwhile, which is told, and is written to afterwards', async () => {
    const { path, pairs, read } = setUp();
    pairs.add(pairOf({ requestId: 'lost with it' }));
    await pairs.flush();
    rmSync(dirname(path), { recursive: true });
    await expect(pairs.erase('acme')).rejects.toMatchObject({ code: 'ENOENT' });
    mkdirSync(dirname(path));
    pairs.add(pairOf({ requestId: 'one' }));
    await pairs.flush();
    expect(idsOf(await read())).toEqual(['one']);
  });

  it('leaves no timer when it is closed meanwhile, and tells what was wrong', async () => {
    const { path, clock, pairs } = setUp();
    rmSync(dirname(path), { recursive: true });
    pairs.add(pairOf());
    await expect(pairs.close()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(clock.pending).toBe(0);
  });

  it('writes to a new file when somebody has moved the old one away', async () => {
    const { path, pairs, read } = setUp();
    pairs.add(pairOf({ requestId: 'one' }));
    await pairs.flush();
    renameSync(path, join(dirname(path), 'moved'));
    pairs.add(pairOf({ requestId: 'two' }));
    await pairs.flush();
    expect(idsOf(await read())).toEqual(['two']);
  });
});

describe('a pair log on a full disk', () => {
  it('keeps what comes and writes it when there is room, nothing twice', async () => {
    const { path, lines, pairs, read } = setUp();
    symlinkSync('/dev/full', path);
    pairs.add(pairOf({ requestId: 'one' }));
    await expect(pairs.flush()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(lines).toEqual([expect.stringContaining('ENOSPC')]);
    rmSync(path);
    pairs.add(pairOf({ requestId: 'two' }));
    await pairs.flush();
    expect(idsOf(await read())).toEqual(['one', 'two']);
  });

  it('takes back what was written in part, so that no pair stands there twice', async () => {
    const { path, pairs, read } = setUp();
    pairs.add(pairOf({ requestId: 'zero' }));
    await pairs.flush();
    const handle = await open(path, 'r');
    const kind: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const append = kind.appendFile;
    vi.spyOn(kind, 'appendFile').mockImplementationOnce(async function (this: FileHandle, content) {
      const bytes = content as Buffer;
      await append.call(this, bytes.subarray(0, bytes.indexOf('\n') + 40));
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
    for (const requestId of ['one', 'two']) pairs.add(pairOf({ requestId }));
    await expect(pairs.flush()).rejects.toMatchObject({ code: 'ENOSPC' });
    await pairs.flush();
    const told = await read();
    expect(idsOf(told)).toEqual(['zero', 'one', 'two']);
    expect(told.skipped).toEqual({ torn: 0, unknown: 0 });
  });
});

describe('a pair log without room in memory', () => {
  it('holds 4 MiB of lines unless it is told otherwise', async () => {
    const { path, pairs } = setUp();
    rmSync(dirname(path), { recursive: true });
    const tenant = 'x'.repeat(2 ** 20);
    for (let count = 0; count < 5; count += 1) pairs.add(pairOf({ tenant }));
    expect(pairs.stats()).toMatchObject({ waiting: 3, dropped: 2 });
    await expect(pairs.flush()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('counts what it drops and tells it as missed, by tenant, so that coverage stays true', async () => {
    const { pairs, read } = setUp({ maxBufferBytes: 3_000 });
    for (let count = 0; count < 10; count += 1) {
      for (const tenant of ['acme', 'umbrella']) pairs.add(pairOf({ tenant }));
    }
    const { waiting, dropped } = pairs.stats();
    expect(waiting).toBeGreaterThan(0);
    expect(waiting + dropped).toBe(20);
    await pairs.flush();
    const told = await read();
    const of = (tenant: string) =>
      told.pairs.filter((pair) => pair.tenant === tenant).length +
      (told.misses.find((misses) => misses.tenant === tenant)?.count ?? 0);
    expect(told.misses.map(({ why }) => why)).toEqual(['bytes', 'bytes']);
    expect([of('acme'), of('umbrella')]).toEqual([10, 10]);
  });

  it('keeps the reason of misses that it had no room for', async () => {
    const { pairs, read } = setUp({ maxBufferBytes: 1_200 });
    pairs.add(pairOf());
    pairs.missed(missesOf({ why: 'unsafe', count: 5 }));
    pairs.missed(missesOf({ why: 'unsafe', count: 6 }));
    pairs.missed(missesOf({ why: 'unsafe', count: 7 }));
    // All but the last have found room.
    expect(pairs.stats()).toMatchObject({ waiting: 3, dropped: 7 });
    await pairs.flush();
    const count = (await read()).misses.reduce((sum, misses) => sum + misses.count, 0);
    expect(count).toBe(18);
  });

  it('drops a line that no file has room for, and writes the others', async () => {
    const { pairs, read } = setUp({ maxBytes: 1_500 });
    pairs.add(pairOf({ tenant: 'ä'.repeat(1_000), requestId: 'long' }));
    pairs.add(pairOf({ requestId: 'short' }));
    await pairs.flush();
    expect(idsOf(await read())).toEqual(['short']);
    expect(pairs.stats()).toMatchObject({ written: 1, dropped: 1 });
  });
});

describe('a pair log that others can read', () => {
  it('is warned of without what its lines hold', async () => {
    const { path, lines, pairs } = setUp();
    rmSync(dirname(path), { recursive: true });
    pairs.add(pairOf({ tenant: 'canary-7f3a' }));
    await expect(pairs.flush()).rejects.toThrow();
    expect(lines.join()).not.toContain('canary-7f3a');
  });

  it('starts from nothing where an empty file lies', async () => {
    const { path, pairs } = setUp();
    writeFileSync(path, '');
    pairs.add(pairOf());
    await pairs.flush();
    expect(readFileSync(path, 'utf8').startsWith('{"type":"pair"')).toBe(true);
  });
});
