import {
  appendFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type JsonlPairsOptions, jsonlPairs } from 'engramia-cutover/pairs';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rewriteFile } from '../../src/pairs/rewrite-file.ts';
import { freshFolder, missesOf, pairOf, readAll, words } from './pairs.ts';

function setUp(options: Partial<JsonlPairsOptions> = {}) {
  const path = join(freshFolder(), 'pairs.jsonl');
  const clock = fakeClock();
  const pairs = jsonlPairs({ path, clock, ...options });
  onTestFinished(() => pairs.close());
  const content = () => readFileSync(path, 'utf8');
  return { path, clock, pairs, content, read: () => readAll(path, clock) };
}

const held = (text: string): boolean => Object.values(words).some((word) => text.includes(word));

describe('the words of pairs in a log', () => {
  it('are not written unless asked for', async () => {
    const { pairs, content } = setUp();
    expect(pairs.redactText).toBeUndefined();
    pairs.add(pairOf({ text: words }));
    await pairs.flush();
    expect(held(content())).toBe(false);
  });

  it('are given until their time is over, and never again', async () => {
    const { pairs, clock, read } = setUp({ text: { ttlMs: 1_000 } });
    pairs.add(pairOf({ at: clock.now(), text: words }));
    await pairs.flush();
    await clock.advance(999);
    expect((await read()).pairs[0]?.text).toEqual(words);
    await clock.advance(1);
    expect((await read()).pairs).toEqual([pairOf({ at: clock.now() - 1_000 })]);
  });

  it('are kept for a time that begins with the pair, however late it is written', async () => {
    const { pairs, clock, read } = setUp({ text: { ttlMs: 1_000 } });
    pairs.add(pairOf({ at: clock.now() - 999, text: words }));
    await pairs.flush();
    expect((await read()).pairs[0]?.text).toEqual(words);
    await clock.advance(1);
    expect((await read()).pairs[0]).not.toHaveProperty('text');
  });

  it('leave the files when pruned, those that are still good and all metrics stay', async () => {
    const { pairs, path, clock, content, read } = setUp({
      maxBytes: 1_500,
      text: { ttlMs: 1_000 },
    });
    const at = clock.now();
    const given = ['one', 'two', 'three'].map((requestId) => pairOf({ requestId, at }));
    for (const pair of given) pairs.add({ ...pair, text: words });
    pairs.missed(missesOf());
    await pairs.flush();
    expect(held(readFileSync(`${path}.1`, 'utf8'))).toBe(true);
    await clock.advance(1_000);
    const fresh = pairOf({ requestId: 'fresh', at: clock.now(), text: words });
    pairs.add(fresh);
    expect(await pairs.prune()).toBe(3);
    const files = [readFileSync(`${path}.1`, 'utf8'), readFileSync(`${path}.2`, 'utf8')];
    expect(files.some(held)).toBe(false);
    expect(content()).toContain(words.task);
    const told = await read();
    expect(told.pairs).toEqual([...given, fresh]);
    expect(told.misses).toEqual([missesOf()]);
    expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
    expect(await pairs.prune()).toBe(0);
  });

  it('leave the files by themselves within the hour', async () => {
    const { pairs, clock, content } = setUp({ text: { ttlMs: 1_000 } });
    pairs.add(pairOf({ at: clock.now(), text: words }));
    await pairs.flush();
    await clock.advance(3_600_000);
    // The first one lets the write before the pruning end, the second one the pruning.
    await pairs.flush();
    await pairs.flush();
    expect(held(content())).toBe(false);
    await pairs.close();
    expect(clock.pending).toBe(0);
  });

  it('do not survive in a line that a crash has torn', async () => {
    const { pairs, path, clock, content } = setUp({ text: { ttlMs: 1_000 } });
    pairs.add(pairOf({ at: clock.now(), text: words }));
    await pairs.flush();
    const line = content().trimEnd();
    appendFileSync(path, line.slice(0, -3));
    await clock.advance(1_000);
    await pairs.prune();
    expect(held(content())).toBe(false);
  });

  it('are written to after they were pruned, in the same order', async () => {
    const { pairs, clock, read } = setUp({ text: { ttlMs: 1_000 } });
    pairs.add(pairOf({ at: clock.now(), requestId: 'one', text: words }));
    await pairs.flush();
    await clock.advance(1_000);
    await Promise.all([pairs.prune(), pairs.prune()]);
    pairs.add(pairOf({ requestId: 'two' }));
    await pairs.flush();
    expect((await read()).pairs.map(({ requestId }) => requestId)).toEqual(['one', 'two']);
  });
});

describe('a log that was never written', () => {
  it('has nothing to be pruned or erased', async () => {
    const { pairs } = setUp({ text: { ttlMs: 1_000 } });
    expect(await pairs.prune()).toBe(0);
    expect(await pairs.erase('acme')).toBe(0);
  });
});

describe('the words that an earlier process has left in a log', () => {
  async function leave(ttlMs: number) {
    const earlier = setUp({ text: { ttlMs } });
    earlier.pairs.add(pairOf({ at: earlier.clock.now(), text: words }));
    await earlier.pairs.close();
    const { path, clock } = earlier;
    return { path, clock, content: () => readFileSync(path, 'utf8') };
  }

  /** Begins again, without words of its own. */
  function goOn(path: string, clock: JsonlPairsOptions['clock'] & object) {
    const pairs = jsonlPairs({ path, clock });
    onTestFinished(() => pairs.close());
    return pairs;
  }

  it('leave its files soon, also where none are kept any more', async () => {
    const { path, clock, content } = await leave(1_000);
    const pairs = goOn(path, clock);
    await clock.advance(10_000);
    await pairs.flush();
    await pairs.flush();
    expect(held(content())).toBe(false);
  });

  it('leave its files when their time comes, and nobody looks for any afterwards', async () => {
    const { path, clock, content } = await leave(3_000_000);
    const pairs = goOn(path, clock);
    await clock.advance(10_000);
    // The first one lets the write before the pruning end, the second one the pruning.
    await pairs.flush();
    await pairs.flush();
    expect(held(content())).toBe(true);
    expect(clock.pending).toBe(1);
    await clock.advance(3_600_000);
    await pairs.flush();
    await pairs.flush();
    expect(held(content())).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('are not looked for once more when the log is closed in the meantime', async () => {
    const { path, clock } = await leave(3_000_000);
    const pairs = goOn(path, clock);
    await clock.advance(10_000);
    await pairs.close();
    expect(clock.pending).toBe(0);
  });

  it('are not lost before a time that no clock will see', async () => {
    const { path, clock, content } = await leave(Number.MAX_VALUE);
    expect(await goOn(path, clock).prune()).toBe(0);
    expect(held(content())).toBe(true);
  });

  it('do not survive in what a crash has left of a rewriting', async () => {
    const { path, clock } = await leave(1_000);
    const left = [`${path}.tmp`, `${path}.7.tmp`];
    const others = [`${path}.old.tmp`, `${path}.tmp.1`];
    for (const name of [...left, ...others]) writeFileSync(name, words.task);
    await goOn(path, clock).prune();
    expect(left.filter(existsSync)).toEqual([]);
    expect(others.filter(existsSync)).toEqual(others);
  });
});

describe('a rewriting that fails', () => {
  it('leaves the file as it was, and nothing beside it', async () => {
    const folder = freshFolder();
    const path = join(folder, 'pairs.jsonl');
    writeFileSync(path, 'one\ntwo\n');
    let asked = 0;
    const rewritten = rewriteFile(path, () => {
      asked += 1;
      if (asked > 1) throw new Error('no more');
      return undefined;
    });
    await expect(rewritten).rejects.toThrow('no more');
    expect(readdirSync(folder)).toEqual(['pairs.jsonl']);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });
});

describe('a tenant of a log', () => {
  it('is erased from all files, and nobody else', async () => {
    const { pairs, path, content, read } = setUp({ maxBytes: 4_000, text: { ttlMs: 10_000 } });
    for (let count = 0; count < 6; count += 1) {
      pairs.add(pairOf({ tenant: 'acme', text: words }));
      pairs.add(pairOf({ tenant: 'umbrella', route: 'acme', text: { ...words, task: '"acme"' } }));
    }
    pairs.missed(missesOf({ tenant: 'acme' }));
    expect(await pairs.erase('acme')).toBe(7);
    const told = await read();
    expect(told.pairs.map(({ tenant }) => tenant)).toEqual(Array(6).fill('umbrella'));
    expect(told.misses).toEqual([]);
    expect(content() + readFileSync(`${path}.1`, 'utf8')).not.toContain('"tenant":"acme"');
  });

  it.each(['a "b" \\ c', 'line\nend', 'ä\u2028\ud800', '__proto__'])(
    'is erased by its name, whatever that holds: %j',
    async (tenant) => {
      const { pairs, read } = setUp();
      for (const one of [tenant, 'umbrella']) pairs.add(pairOf({ tenant: one }));
      expect(await pairs.erase(tenant)).toBe(1);
      expect((await read()).pairs.map((pair) => pair.tenant)).toEqual(['umbrella']);
    },
  );

  it('is erased from a line that a crash has torn behind its name', async () => {
    const { pairs, path, content } = setUp();
    for (const tenant of ['acme', 'umbrella']) {
      const line = JSON.stringify({ type: 'pair', ...pairOf({ tenant }) });
      appendFileSync(path, `${line.slice(0, -3)}\n`);
    }
    expect(await pairs.erase('acme')).toBe(1);
    expect(content()).not.toContain('acme');
    expect(content()).toContain('umbrella');
  });

  it('is erased from a long file, of which all else stays as it was', async () => {
    const { pairs, content, read } = setUp();
    // Several times as much as is written at once.
    for (let count = 0; count < 300; count += 1) {
      pairs.add(pairOf({ tenant: count % 100 === 7 ? 'acme' : 'umbrella', requestId: `${count}` }));
    }
    await pairs.flush();
    const before = content().split('\n');
    expect(await pairs.erase('acme')).toBe(3);
    expect(content().split('\n')).toEqual(before.filter((line) => !line.includes('acme')));
    expect((await read()).pairs).toHaveLength(297);
  });

  it('is erased from the file that a link leads to, and from what a crash has left beside that', async () => {
    const [folder, volume] = [freshFolder(), freshFolder()];
    const [path, file] = [join(folder, 'pairs.jsonl'), join(volume, 'data.jsonl')];
    symlinkSync(file, path);
    const clock = fakeClock();
    const pairs = jsonlPairs({ path, clock });
    onTestFinished(() => pairs.close());
    for (const tenant of ['acme', 'umbrella']) pairs.add(pairOf({ tenant }));
    await pairs.flush();
    writeFileSync(`${file}.tmp`, words.task);
    expect(await pairs.erase('acme')).toBe(1);
    expect(readFileSync(file, 'utf8')).not.toContain('acme');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readdirSync(volume)).toEqual(['data.jsonl']);
    // Also where there is nothing left that would have to be written anew.
    writeFileSync(`${file}.tmp`, words.task);
    expect(await pairs.erase('acme')).toBe(0);
    expect(readdirSync(volume)).toEqual(['data.jsonl']);
    pairs.add(pairOf({ tenant: 'initech' }));
    await pairs.flush();
    expect((await readAll(path, clock)).pairs.map(({ tenant }) => tenant)).toEqual([
      'umbrella',
      'initech',
    ]);
  });
});
