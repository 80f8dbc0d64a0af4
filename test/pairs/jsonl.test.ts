import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type JsonlPairsOptions,
  jsonlPairs,
  type PairRecord,
  readPairs,
} from 'engramia-cutover/pairs';
import { fakeClock } from 'engramia-cutover/testing';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freshFolder, missesOf, pairOf, readAll, words } from './pairs.ts';

/** Where Linux tells which files a process has open. */
const openFiles = '/proc/self/fd';

/** The files of a log that this process has open. */
function openOf(path: string): string[] {
  const names = readdirSync(openFiles).map((file) => {
    // The folder itself was open while it was read.
    return existsSync(join(openFiles, file)) ? readlinkSync(join(openFiles, file)) : '';
  });
  return names.filter((name) => name.startsWith(path));
}

/** A log in a folder of its own, with a clock that stands still. */
function setUp(options: Partial<JsonlPairsOptions> = {}) {
  const path = join(freshFolder(), 'pairs.jsonl');
  const clock = fakeClock();
  const lines: string[] = [];
  const logger = { warn: (line: string) => void lines.push(line) };
  const open = () => jsonlPairs({ path, clock, logger, ...options });
  const pairs = open();
  onTestFinished(() => pairs.close().catch(() => undefined));
  return { path, clock, lines, open, pairs, read: () => readAll(path, clock) };
}

/** Every field of a record, also those that may be absent: one that is new breaks this test until it is kept. */
type Whole<T> = T extends readonly (infer U)[]
  ? readonly Whole<U>[]
  : T extends object
    ? { readonly [K in keyof T]-?: Whole<T[K]> }
    : T;

const wholeLeg = (leg: 'legacy' | 'candidate'): Whole<PairRecord['legacy']> => ({
  leg,
  ended: 'failed',
  durationMs: 1.5,
  chars: 3,
  sha256: 'c'.repeat(64),
  tools: ['look_up'],
  usage: { inputTokens: 1, outputTokens: 2 },
  recalled: ['key'],
  error: { name: 'TypeError', code: 'E_CODE', status: 503 },
});

const wholePair: Whole<PairRecord> = {
  ...pairOf(),
  legacy: wholeLeg('legacy'),
  candidate: wholeLeg('candidate'),
  divergence: {
    verdict: 'worse',
    decidedBy: 'judge',
    advisory: true,
    layers: [
      { layer: 'judge', say: 'worse', ms: 3, metrics: { x: 1 }, notes: ['x'], advisory: true },
    ],
    notes: ['x'],
    ms: 3,
  },
  text: words,
};

const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `request-${from + at}`);

describe('a pair log', () => {
  it('gives back what it was given, one JSON text a line', async () => {
    const { pairs, path, read } = setUp();
    const noise = pairOf({ kind: 'noise', tenant: '__proto__', requestId: 'two' });
    pairs.add(pairOf());
    pairs.add(noise);
    pairs.missed(missesOf({ count: 7 }));
    await pairs.flush();
    expect(await read()).toEqual({
      pairs: [pairOf(), noise],
      misses: [missesOf({ count: 7 })],
      skipped: { torn: 0, unknown: 0 },
    });
    const parsed = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(parsed.map(({ type }) => type)).toEqual(['pair', 'pair', 'missed']);
    expect(pairs.stats()).toEqual({ written: 3, waiting: 0, dropped: 0, failures: 0 });
  });

  it('keeps every field that a pair can have', async () => {
    const { pairs, clock, read } = setUp({ text: { ttlMs: 1_000 } });
    pairs.add({ ...wholePair, at: clock.now() });
    await pairs.flush();
    expect((await read()).pairs).toEqual([{ ...wholePair, at: clock.now() }]);
  });

  it('writes nothing in the turn of the one who adds, and by itself a tenth of a second later', async () => {
    const { pairs, path, clock } = setUp();
    const before = clock.pending;
    pairs.add(pairOf());
    expect(() => statSync(path)).toThrow(/ENOENT/);
    expect(clock.pending).toBe(before + 1);
    await clock.advance(100);
    expect(clock.pending).toBe(before);
    await pairs.flush();
    expect(pairs.stats().written).toBe(1);
  });

  it('is for its owner alone', async () => {
    const { pairs, path } = setUp();
    pairs.add(pairOf());
    await pairs.flush();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('writes what waits when it is closed, once, and takes nothing afterwards', async () => {
    const { pairs, clock, read } = setUp();
    pairs.add(pairOf());
    await Promise.all([pairs.close(), pairs.close()]);
    pairs.add(pairOf({ requestId: 'late' }));
    pairs.missed(missesOf({ count: 2 }));
    expect(pairs.stats()).toMatchObject({ written: 1, dropped: 3 });
    expect((await read()).pairs).toEqual([pairOf()]);
    expect(clock.pending).toBe(0);
  });

  it('goes on in the file that an earlier process has left', async () => {
    const { pairs, open, path, read } = setUp();
    pairs.add(pairOf({ requestId: 'one' }));
    await pairs.close();
    const again = open();
    again.add(pairOf({ requestId: 'two' }));
    await again.close();
    expect((await read()).pairs.map(({ requestId }) => requestId)).toEqual(['one', 'two']);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
  });

  it('stays in the folder in which it was made, wherever the process goes', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'of-this-test'));
    const working = vi.spyOn(process, 'cwd').mockReturnValue(folder);
    const { pairs } = setUp({ path: 'of-this-test/pairs.jsonl' });
    working.mockRestore();
    pairs.add(pairOf());
    await pairs.flush();
    expect((await readAll(join(folder, 'of-this-test/pairs.jsonl'))).pairs).toEqual([pairOf()]);
  });

  it('lets no text of others end or forge a line', async () => {
    const { pairs, read } = setUp({ text: { ttlMs: 1_000 } });
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('\n{"type":"pair"}\n', '\r\n', '\u2028', '\ud800', 'é😀'),
    );
    const given = fc.sample(fc.record({ task: text, legacy: text, candidate: text }), {
      numRuns: 80,
      seed: 3,
    });
    const at = Date.UTC(2026, 0, 1);
    for (const [place, written] of given.entries()) {
      pairs.add(pairOf({ at, requestId: `${place}`, tenant: written.task, text: written }));
    }
    await pairs.flush();
    const { pairs: got, skipped } = await read();
    expect(skipped).toEqual({ torn: 0, unknown: 0 });
    expect(got.map(({ requestId }) => requestId)).toEqual(given.map((_, place) => `${place}`));
    expect(got.map(({ tenant, text: read }) => [tenant, read])).toEqual(
      given.map((written) => [written.task, written]),
    );
  });

  it.each([
    {},
    { path: '' },
    { path: 'x', maxBytes: 0 },
    { path: 'x', maxFiles: 1.5 },
    { path: 'x', file: 1 },
  ])('refuses options that cannot be used: %j', (options) => {
    expect(() => jsonlPairs(options as JsonlPairsOptions)).toThrow(
      /Invalid options of jsonlPairs\(\)/,
    );
  });
});

describe('a pair log that grows', () => {
  it('begins a new file at its size, and removes the oldest at their number', async () => {
    const { pairs, path, read } = setUp({ maxBytes: 4_000, maxFiles: 3 });
    for (const requestId of ids(0, 40)) {
      pairs.add(pairOf({ requestId }));
      await pairs.flush();
    }
    const sizes = [path, `${path}.1`, `${path}.2`].map((name) => statSync(name).size);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(4_000);
    expect(() => statSync(`${path}.3`)).toThrow(/ENOENT/);
    const kept = (await read()).pairs.map(({ requestId }) => requestId);
    expect(kept.length).toBeGreaterThan(6);
    expect(kept).toEqual(ids(40 - kept.length, 40));
  });

  it('keeps the size also when all lines come at once', async () => {
    const { pairs, path, read } = setUp({ maxBytes: 4_000, maxFiles: 100 });
    for (const requestId of ids(0, 40)) pairs.add(pairOf({ requestId }));
    await pairs.flush();
    expect((await read()).pairs.map(({ requestId }) => requestId)).toEqual(ids(0, 40));
    for (let age = 1; age <= 5; age += 1)
      expect(statSync(`${path}.${age}`).size).toBeLessThanOrEqual(4_000);
  });

  it('is read in its order also where its files are more than nine', async () => {
    const { pairs, path, read } = setUp({ maxBytes: 1_500, maxFiles: 100 });
    for (const requestId of ids(0, 24)) pairs.add(pairOf({ requestId }));
    await pairs.flush();
    expect(existsSync(`${path}.10`)).toBe(true);
    expect((await read()).pairs.map(({ requestId }) => requestId)).toEqual(ids(0, 24));
  });

  it('begins no new file for lines that are longer than it writes at once, while there is room', async () => {
    const { pairs, path, read } = setUp({ maxFiles: 2, text: { ttlMs: 1_000 } });
    const at = Date.UTC(2026, 0, 1);
    const text = { ...words, legacy: 'あ'.repeat(64_000), candidate: 'い'.repeat(64_000) };
    pairs.add(pairOf({ requestId: 'short' }));
    for (const requestId of ids(0, 4)) {
      pairs.add(pairOf({ requestId, at, text }));
      if (requestId !== 'request-0') await pairs.flush();
    }
    expect(() => statSync(`${path}.1`)).toThrow(/ENOENT/);
    const told = await read();
    expect(told.pairs.map(({ requestId }) => requestId)).toEqual(['short', ...ids(0, 4)]);
    expect(told.pairs.at(-1)?.text).toEqual(text);
  });

  it('may have one file only', async () => {
    const { pairs, path, read } = setUp({ maxBytes: 4_000, maxFiles: 1 });
    for (const requestId of ids(0, 12)) pairs.add(pairOf({ requestId }));
    await pairs.flush();
    const kept = (await read()).pairs.map(({ requestId }) => requestId);
    expect(kept.at(-1)).toBe('request-11');
    expect(kept.length).toBeLessThan(6);
    expect(() => statSync(`${path}.1`)).toThrow(/ENOENT/);
  });

  it('fills the gap that a crash between two renames has left, and removes files beyond its number', async () => {
    const { pairs, path, read } = setUp({ maxBytes: 1_500, maxFiles: 4 });
    writeFileSync(path, `${lineOf('now')}\n${lineOf('now-2')}\n`);
    // What has no number that a log gives is none of its files.
    for (const age of ['2', '3', '4', '9', '01', '0']) {
      writeFileSync(`${path}.${age}`, `${lineOf(`age-${age}`)}\n`);
    }
    pairs.add(pairOf({ requestId: 'new' }));
    await pairs.flush();
    const kept = (await read()).pairs.map(({ requestId }) => requestId);
    expect(kept).toEqual(['age-3', 'age-2', 'now', 'now-2', 'new']);
  });

  it('can be read while it goes on', async () => {
    const { pairs, path } = setUp({ maxBytes: 4_000, maxFiles: 50 });
    for (const requestId of ids(0, 30)) pairs.add(pairOf({ requestId }));
    await pairs.flush();
    const seen: string[] = [];
    for await (const { requestId } of readPairs(path)) {
      seen.push(requestId);
      // Each file becomes an older one under the reader's feet.
      pairs.add(pairOf({ requestId: 'meanwhile' }));
      await pairs.flush();
    }
    expect(seen.filter((id) => id !== 'meanwhile')).toEqual(ids(0, 30));
  });
});

const lineOf = (requestId: string): string =>
  JSON.stringify({ type: 'pair', ...pairOf({ requestId }) });

describe('a pair log after a crash', () => {
  it('gives the next record a line of its own, wherever the last one was torn', async () => {
    const whole = lineOf('torn');
    for (const cut of [1, 9, 200, whole.length - 1]) {
      const { pairs, path, read } = setUp();
      appendFileSync(path, `${lineOf('before')}\n${whole.slice(0, cut)}`);
      pairs.add(pairOf({ requestId: 'after' }));
      await pairs.flush();
      const { pairs: got, skipped } = await read();
      expect(got.map(({ requestId }) => requestId)).toEqual(['before', 'after']);
      expect(skipped).toEqual({ torn: 1, unknown: 0 });
    }
  });

  it('loses no record that lacks its line end alone', async () => {
    const { pairs, path, read } = setUp();
    appendFileSync(path, lineOf('before'));
    pairs.add(pairOf({ requestId: 'after' }));
    await pairs.flush();
    const { pairs: got, skipped } = await read();
    expect(got.map(({ requestId }) => requestId)).toEqual(['before', 'after']);
    expect(skipped).toEqual({ torn: 0, unknown: 0 });
  });
});

describe('reading a pair log', () => {
  it('counts lines that it does not know, and reads on', async () => {
    const { path, read } = setUp();
    const foreign = [
      { type: 'pear' },
      { type: 'pair' },
      { ...JSON.parse(lineOf('x')), kind: 'other' },
      { ...JSON.parse(lineOf('x')), legacy: { leg: 'legacy' } },
      { type: 'missed', ...missesOf({ count: -1 }) },
      null,
      [],
      'pair',
    ];
    const newer = JSON.stringify({ ...JSON.parse(lineOf('newer')), mood: 'good' });
    const lines = [...foreign.map((value) => JSON.stringify(value)), '{', newer];
    writeFileSync(path, `${lines.join('\n')}\n\n`);
    const { pairs, skipped } = await read();
    expect(skipped).toEqual({ torn: 1, unknown: foreign.length });
    expect(pairs).toEqual([pairOf({ requestId: 'newer' })]);
  });

  it('tells of the last time alone when it is done again', async () => {
    const { path, clock } = setUp();
    writeFileSync(path, `${JSON.stringify({ type: 'missed', ...missesOf({ count: 3 }) })}\n{\n`);
    const reading = readPairs(path, { clock });
    for (const _time of [1, 2]) {
      for await (const _pair of reading);
      expect(reading.misses()).toEqual([missesOf({ count: 3 })]);
      expect(reading.skipped).toEqual({ torn: 1, unknown: 0 });
    }
  });

  it.runIf(existsSync(openFiles))(
    'gives a file once that is met twice, as one that becomes an older one meanwhile',
    async () => {
      const { path, read } = setUp();
      writeFileSync(path, `${lineOf('one')}\n`);
      linkSync(path, `${path}.1`);
      expect((await read()).pairs.map(({ requestId }) => requestId)).toEqual(['one']);
      expect(openOf(path)).toEqual([]);
    },
  );

  it('goes on for as long as a file does, and takes a line that is beyond measure for a torn one', async () => {
    const { path, read } = setUp();
    const padded = (requestId: string, bytes: number): string =>
      JSON.stringify({ ...JSON.parse(lineOf(requestId)), pad: 'x'.repeat(bytes) });
    const whole = ids(0, 9).map((requestId) => padded(requestId, 2 ** 21));
    const lines = [...whole, padded('beyond', 17 * 2 ** 20), lineOf('last')];
    writeFileSync(path, `${lines.join('\n')}\n`);
    const { pairs, skipped } = await read();
    expect(pairs.map(({ requestId }) => requestId)).toEqual([...ids(0, 9), 'last']);
    expect(skipped).toEqual({ torn: 1, unknown: 0 });
  });

  it('tells the misses of each tenant', async () => {
    const { pairs, read } = setUp();
    for (const tenant of ids(0, 40)) pairs.missed(missesOf({ tenant }));
    await pairs.flush();
    expect((await read()).misses.map(({ tenant }) => tenant)).toEqual(ids(0, 40));
  });

  it('fails where there is no log', async () => {
    const path = join(freshFolder(), 'none.jsonl');
    await expect(readAll(path)).rejects.toThrow(/ENOENT/);
  });

  it.runIf(existsSync(openFiles))('leaves no file open where one of them cannot be', async () => {
    const { path } = setUp();
    for (const name of [path, `${path}.1`]) writeFileSync(name, '');
    symlinkSync(`${path}.2`, `${path}.2`);
    await expect(readAll(path)).rejects.toThrow(/ELOOP/);
    expect(openOf(path)).toEqual([]);
  });

  it.runIf(existsSync(openFiles))('leaves no file open, read to its end or not', async () => {
    const { path } = setUp();
    for (const name of [path, `${path}.1`]) writeFileSync(name, `${lineOf('one')}\n`);
    await readAll(path);
    expect(openOf(path)).toEqual([]);
    for await (const _pair of readPairs(path)) {
      expect(openOf(path)).toHaveLength(2);
      break;
    }
    expect(openOf(path)).toEqual([]);
  });

  it('keeps no words without an end', async () => {
    const { path, read } = setUp();
    writeFileSync(path, JSON.stringify({ type: 'pair', ...pairOf({ text: words }) }));
    expect((await read()).pairs).toEqual([pairOf()]);
  });
});

it('reads no log with options that are no object', () => {
  expect(() => readPairs('/run/pairs.jsonl', 5 as never)).toThrow(
    'options must be an object, not 5',
  );
  expect(() => readPairs('/run/pairs.jsonl', null as never)).toThrow('options must be an object');
});
