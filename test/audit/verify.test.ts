import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type AuditEntry, type AuditFact, chainEntry, verifyTrail } from 'engramia-cutover/audit';
import { describe, expect, it } from 'vitest';
import { bytesInUse } from '../shadow/collect-garbage.ts';
import { at, fact, fileOf, trail, trailOf } from './trail.ts';

const { entries, lines, bytes } = trail(9);

/** The first problem of a trail, as short as it can be told. */
async function firstProblem(given: readonly AuditEntry[]): Promise<string> {
  const { problems, ok } = await verifyTrail(given);
  const [first] = problems;
  expect(ok).toBe(first === undefined);
  return first === undefined ? 'none' : `${first.kind} ${first.seq}, line ${first.line}`;
}

describe('a chain', () => {
  // Computed with Python's hashlib and json (sort_keys, no spaces).
  it('has the hashes of RFC 8785 and SHA-256', () => {
    const facts: AuditFact[] = [
      { kind: 'dualwrite.on', at: 1790000000000, rollout: 'chat', actor: 'Ada', reason: 'begin' },
      {
        kind: 'ramp.step',
        at: 1790000600000,
        rollout: 'chat',
        actor: 'system',
        reason: 'gates pass: 812 pairs, € 0,5 "fine"',
        before: { version: 1, percent: 0, overrides: {} },
        after: { version: 2, percent: 5, overrides: {} },
        evidence: { gates: [{ gate: 'wrong answers', outcome: 'pass', pairs: 812, rate: 0.0125 }] },
      },
      {
        kind: 'rollback',
        at: 1790001200000,
        rollout: 'chat',
        actor: 'system',
        reason: 'wrong answers',
        tenant: '5f'.repeat(32),
        before: null,
      },
    ];
    expect(trailOf(facts).entries.map(({ hash }) => hash)).toEqual([
      '9c2554d635f232800c21617ba7b6b3530e4714be64234ea828ad764af783f49b',
      'eed22117f1f8e19f9b21e94f19dd969aa7270633ddb7be210c7dd4a88ee6c0c9',
      'da3cdf89fa6a86e4c31fbb7904f9ca399831e45d1cea78d8d03222136ce87bde',
    ]);
  });

  it('puts the hash into a line that is the canonical JSON of the whole entry', () => {
    const tricky = {
      ...fact(1),
      reason: ',"kind":"x","hash":"y"',
      evidence: { kind: 1, hash: 'z' },
    };
    const { lines: written, entries: chained } = trailOf([fact(0), tricky]);
    expect(written.map((line) => JSON.parse(line))).toEqual(chained);
    for (const line of written) {
      expect(Object.keys(JSON.parse(line))).toEqual(Object.keys(JSON.parse(line)).toSorted());
    }
  });

  it.each<[string, Partial<Record<keyof AuditFact, unknown>>]>([
    ['kind', { kind: '' }],
    ['at', { at: Number.NaN }],
    ['at', { at: '1790000000000' }],
    ['actor', { actor: '' }],
    ['rollout', { rollout: undefined }],
    ['reason', { reason: 1 }],
    ['tenant', { tenant: '' }],
    ['rate is NaN', { evidence: { rate: Number.NaN } }],
    ['longer than', { reason: 'x'.repeat(1_100_000) }],
  ])('refuses a fact without a usable %s', (what, change) => {
    expect(() => chainEntry({ ...fact(0), ...change } as AuditFact)).toThrow(what);
  });

  it('makes no line that verification would not read, and refuses none that it would', async () => {
    const shortest = at(trailOf([{ ...fact(0), reason: '' }]).lines, 0).length;
    // Of letters with three bytes each: what is read is bounded in bytes.
    const reason = '–'.repeat(1_048_576 - shortest);
    const longest = trailOf([{ ...fact(0), reason }]);
    expect(at(longest.lines, 0)).toHaveLength(1_048_576);
    expect(await verifyTrail([longest.bytes])).toMatchObject({ ok: true, entries: 1 });
    expect(() => chainEntry({ ...fact(0), reason: `${reason}–` })).toThrow('longer than');
  });
});

describe('verifying a trail', () => {
  it('accepts it as entries, as a file, as bytes in pieces and as the rows of a database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trail-'));
    const file = join(folder, 'audit.jsonl');
    writeFileSync(file, bytes);
    const reordered = entries.map((entry) => Object.fromEntries(Object.entries(entry).reverse()));
    const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
    const sources = [entries, file, pathToFileURL(file), pieces, reordered as never];
    for (const source of sources) {
      expect(await verifyTrail(source)).toMatchObject({
        ok: true,
        entries: 9,
        head: entries.at(-1),
        cutBytes: 0,
        problems: [],
        message: '9 entries in one chain, no checkpoint vouches for it.',
      });
    }
    rmSync(folder, { recursive: true });
  });

  it('accepts a trail that has not begun', async () => {
    expect(await verifyTrail([])).toMatchObject({ ok: true, entries: 0, head: undefined });
  });

  it('accepts a later part of a trail behind the entry that it follows, and no other', async () => {
    const part = entries.slice(4);
    expect((await verifyTrail(part, { after: at(entries, 3) })).ok).toBe(true);
    expect((await verifyTrail(part, { after: at(entries, 2) })).ok).toBe(false);
    const other = { ...at(entries, 3), hash: 'f'.repeat(64) };
    expect((await verifyTrail(part, { after: other })).problems[0]?.kind).toBe('edited');
    expect(await firstProblem(part)).toBe('missing 0, line 1');
  });

  it('hands over the entries that are in their place, in order', async () => {
    const seen: number[] = [];
    const broken = [...entries.slice(0, 3), ...entries.slice(4)];
    await verifyTrail(broken, { onEntry: ({ seq }) => seen.push(seq) });
    expect(seen).toEqual([0, 1, 2]);
  });

  it('waits for what is done with an entry before it hands over the next', async () => {
    const seen: string[] = [];
    const onEntry = async ({ seq }: AuditEntry) => {
      seen.push(`${seq} begins`);
      await setImmediate();
      seen.push(`${seq} ends`);
    };
    await verifyTrail(entries.slice(0, 2), { onEntry });
    expect(seen).toEqual(['0 begins', '0 ends', '1 begins', '1 ends']);
    const failing = verifyTrail(entries, { onEntry: () => Promise.reject(new Error('disk full')) });
    await expect(failing).rejects.toThrow('disk full');
  });

  it('is not confused by a source that uses its buffer again for each piece', async () => {
    const buffer = Buffer.alloc(100);
    const pieces = function* () {
      for (let from = 0; from < bytes.length; from += buffer.length) {
        yield buffer.subarray(0, bytes.copy(buffer, 0, from));
      }
    };
    expect(await verifyTrail(pieces())).toMatchObject({ ok: true, entries: 9 });
  });

  it('says what the source throws', async () => {
    await expect(verifyTrail(join(tmpdir(), 'no-such-trail.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('refuses a line beyond all measure without keeping it', async () => {
    const chunk = Buffer.alloc(1_000_000, 0x61);
    const held: number[] = [];
    const endless = function* (end: string) {
      yield bytes;
      for (let n = 0; n < 40; n += 1) {
        yield chunk;
        held.push(bytesInUse());
      }
      yield Buffer.from(end);
    };
    const whole = await verifyTrail(endless('\n'));
    expect(whole).toMatchObject({ problems: [{ kind: 'edited', seq: 9 }] });
    expect(at(held, 39) - at(held, 9)).toBeLessThan(10_000_000);
    expect((await verifyTrail(endless(''))).problems[0]?.kind).toBe('edited');
  });
});

describe('the first bad entry', () => {
  const list = (...places: readonly number[]) => places.map((place) => at(entries, place));
  const forged = chainEntry({ ...fact(3), reason: 'never happened' }, at(entries, 2));
  const stray = chainEntry(fact(50), { seq: 6, hash: 'a'.repeat(64) });
  const [ahead, behind] = [5, 1].map((seq) =>
    chainEntry(fact(3), { seq, hash: at(entries, 2).hash }),
  );

  it.each([
    ['nothing is wrong', list(0, 1, 2, 3), 'none'],
    ['one is gone', list(0, 1, 3, 4, 5), 'missing 2, line 3'],
    ['the first is gone', list(1, 2, 3), 'missing 0, line 1'],
    ['several are gone', list(0, 5, 6), 'missing 1, line 2'],
    ['one stands twice', list(0, 1, 2, 2, 3), 'duplicated 2, line 4'],
    ['one stands again later', list(0, 1, 2, 3, 4, 1, 5), 'duplicated 1, line 6'],
    ['one stands also too early', list(0, 1, 4, 2, 3, 4, 5), 'duplicated 4, line 3'],
    ['all are there twice', list(0, 1, 2, 0, 1, 2), 'duplicated 0, line 4'],
    ['two are swapped', list(0, 2, 1, 3, 4), 'reordered 2, line 2'],
    ['the last two are swapped', list(0, 1, 2, 4, 3), 'reordered 4, line 4'],
    ['one stands far too early', list(0, 1, 6, 2, 3, 4, 5, 7), 'reordered 6, line 3'],
    ['one stands far too late', list(0, 2, 3, 4, 1, 5), 'reordered 2, line 2'],
    ['all are turned round', list(4, 3, 2, 1, 0), 'reordered 4, line 1'],
    ['another is before it', [...list(0, 1, 2), forged, ...list(3, 4)], 'inserted 3, line 4'],
    ['another is behind it', [...list(0, 1, 2, 3), forged, ...list(4)], 'inserted 3, line 5'],
    ['a stray is in between', [...list(0, 1, 2, 3), stray, ...list(4, 5)], 'inserted 7, line 5'],
    [
      'a stray takes the place',
      [...list(0, 1, 2, 3, 4, 5, 6), stray, ...list(7, 8)],
      'inserted 7, line 8',
    ],
    ['another is in its stead', [...list(0, 1, 2), forged, ...list(4, 5)], 'edited 3, line 4'],
    [
      'a field was edited',
      [...list(0, 1), { ...at(entries, 2), actor: 'Eve' }, ...list(3)],
      'edited 2, line 3',
    ],
    [
      'a hash was edited',
      [...list(0), { ...at(entries, 1), hash: 'b'.repeat(64) }],
      'edited 1, line 2',
    ],
    ['one claims a later place', [...list(0, 1, 2), ahead as AuditEntry], 'missing 3, line 4'],
    [
      'one claims a later place, and the chain goes on',
      [...list(0, 1, 2), ahead as AuditEntry, ...list(3, 4)],
      'inserted 6, line 4',
    ],
    ['one claims a taken place', [...list(0, 1, 2), behind as AuditEntry], 'duplicated 2, line 4'],
    ['a field was added', [{ ...at(entries, 0), extra: 1 } as AuditEntry], 'edited 0, line 1'],
    [
      'the beginning is another',
      list(0).map((entry) => ({ ...entry, seq: -1 })),
      'edited 0, line 1',
    ],
    ['it is nothing', [undefined as never, ...list(1)], 'edited 0, line 1'],
    ['nothing stands in between', [...list(0), null as never, ...list(1, 2)], 'inserted 1, line 2'],
  ])('is named when %s', async (_what, given, expected) => {
    expect(await firstProblem(given)).toBe(expected);
  });

  it('is told as a sentence', async () => {
    expect((await verifyTrail(list(0, 2, 1))).message).toBe(
      'Entry 2 (found where 1 belongs), line 2: stands before entries that it builds on.',
    );
  });
});

describe('a file that a crash has cut', () => {
  it('is accepted up to its last whole line, which is said', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trail-'));
    const file = join(folder, 'audit.jsonl');
    writeFileSync(file, bytes);
    truncateSync(file, bytes.length - 100);
    const report = await verifyTrail(file);
    expect(report).toMatchObject({ ok: true, entries: 8 });
    expect(report.cutBytes).toBe(Buffer.byteLength(at(lines, 8)) + 1 - 100);
    expect(report.message).toMatch(/; \d+ bytes of an entry that was not finished follow\.$/);
    appendFileSync(file, `\n${at(lines, 8)}\n`);
    expect((await verifyTrail(file)).problems[0]).toMatchObject({ kind: 'inserted', seq: 8 });
    rmSync(folder, { recursive: true });
  });

  it.each(['x', '[', '{"b', '{"actor":"a"} ', '{"actor":"a"}', '{"actor":"}"}}', '\0\0', '\n'])(
    'cannot end with %j',
    async (tail) => {
      const file = Buffer.concat([fileOf(lines.slice(0, 2)), Buffer.from(tail)]);
      expect((await verifyTrail([file])).problems[0]).toMatchObject({
        kind: 'edited',
        seq: 2,
        line: 3,
      });
    },
  );

  it('cannot end with more than any entry has, however it begins', async () => {
    const tail = Buffer.from(`{"actor":"${'x'.repeat(3 * 2 ** 20)}`);
    const pieces = [fileOf(lines.slice(0, 2)), tail.subarray(0, 2 ** 20), tail.subarray(2 ** 20)];
    expect((await verifyTrail(pieces)).problems).toMatchObject([{ kind: 'edited', line: 3 }]);
    expect((await verifyTrail(pieces.slice(0, 2))).cutBytes).toBe(2 ** 20);
  });
});

describe('options of a verification', () => {
  const pem = '-----BEGIN PUBLIC KEY-----';
  it.each([
    ['a misspelt name', { checkpoint: [] }, 'checkpoint is not an option'],
    ['one checkpoint for a list', { checkpoints: { seq: 0 } }, 'checkpoints must be a list'],
    ['a file of checkpoints', { checkpoints: '{"seq":0}' }, 'checkpoints must be a list'],
    ['one key for a list', { publicKeys: pem }, 'publicKeys must be a list of PEM texts'],
    [
      'an end of a key that is no place',
      { publicKeys: [{ publicKey: pem, lastSeq: Number.NaN }] },
      'lastSeq',
    ],
    [
      'a hash for an entry',
      { after: '0'.repeat(64) },
      'after must be an entry, or its seq and hash',
    ],
    ['no function', { onEntry: [] }, 'onEntry must be a function'],
    ['no options', null, 'options must be an object, not null'],
  ])('are refused, not passed over: %s', async (_what, options, issue) => {
    const verified = verifyTrail(entries, options as object);
    await expect(verified).rejects.toMatchObject({ code: 'ERR_CUTOVER_INVALID_OPTIONS' });
    await expect(verified).rejects.toThrow(issue);
  });
});
