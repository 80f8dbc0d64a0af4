import {
  type AuditEntry,
  type Checkpoint,
  createCheckpointSigner,
  exportCsv,
  generateAuditKeys,
  importCsv,
  verifyTrail,
} from 'engramia-cutover/audit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, at, fileOf, trail, trailOf } from './trail.ts';

// Short, with letters of one to four bytes, and with what JSON escapes: whatever is done to each byte is done some thousand
// times.
const { entries, lines, bytes } = trailOf(
  ['é\ufffd', '“–"}\\', '😀{"'].map((reason, at) => ({
    kind: 'gate',
    at,
    rollout: 'r',
    actor: 'A',
    reason,
  })),
);
const keys = generateAuditKeys();
const signer = createCheckpointSigner(keys.privateKey);
const publicKeys = [keys.publicKey];

/** Problems of a trail that a checkpoint of its last entry is held against. */
async function problemsOf(source: Parameters<typeof verifyTrail>[0]): Promise<readonly string[]> {
  const { problems, ok } = await verifyTrail(source);
  expect(ok).toBe(problems.length === 0);
  return problems.map(({ kind, seq }) => `${kind} ${seq}`);
}

/** The place of the entry that a byte of the file belongs to. */
function entryAt(offset: number): number {
  return bytes.subarray(0, offset).filter((byte) => byte === 10).length;
}

describe('verifying finds', () => {
  it('every byte that is another, wherever it stands', async () => {
    for (let offset = 0; offset < bytes.length; offset += 1) {
      const was = bytes[offset] ?? 0;
      for (const other of [was ^ 1, was ^ 0x20, was ^ 0x80, 0x0a, 0x20]) {
        if (other === was) continue;
        const edited = Buffer.from(bytes);
        edited[offset] = other;
        const [first] = await problemsOf([edited]);
        expect(first, `byte ${offset}: ${was} became ${other}`).toBe(`edited ${entryAt(offset)}`);
      }
    }
  });

  it('every byte that is gone or too many, but for the very last', async () => {
    for (let offset = 0; offset < bytes.length; offset += 1) {
      const [head, tail] = [bytes.subarray(0, offset), bytes.subarray(offset)];
      const added = [Buffer.from(' '), Buffer.from('0'), Buffer.from('\n'), tail.subarray(0, 1)];
      for (const more of added) {
        expect(await problemsOf([head, more, tail]), `before ${offset}`).not.toEqual([]);
      }
      const fewer = await problemsOf([head, tail.subarray(1)]);
      if (offset < bytes.length - 1) expect(fewer, `without ${offset}`).not.toEqual([]);
    }
  });

  const many = trail(12).entries;
  const place = fc.nat({ max: many.length - 1 });

  it('every entry that was taken out, unless it was the last', async () => {
    for (let gone = 0; gone < many.length - 1; gone += 1) {
      expect(await problemsOf(many.toSpliced(gone, 1))).toEqual([`missing ${gone}`]);
    }
  });

  it('every entry that is there again, wherever that is', async () => {
    await fc.assert(
      fc.asyncProperty(place, place, async (which, where) => {
        const twice = many.toSpliced(where, 0, at(many, which));
        expect(await problemsOf(twice)).toEqual([`duplicated ${which}`]);
      }),
    );
  });

  it('every other order, and names the first entry that stands too early', async () => {
    const orders = fc.shuffledSubarray([...many], { minLength: many.length });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const wrong = order.find((entry, i) => entry.seq !== i);
        const found = wrong === undefined ? [] : [`reordered ${wrong.seq}`];
        expect(await problemsOf(order)).toEqual(found);
      }),
    );
  });

  it('every entry that was made up, whatever it claims to follow', async () => {
    const facts = many.map(({ seq: _, previous: __, hash: ___, ...said }) => said);
    await fc.assert(
      fc.asyncProperty(place, place, fc.string(), async (where, follows, reason) => {
        const made = trailOf([...facts.slice(0, follows), { ...at(facts, follows), reason }]);
        const more = many.toSpliced(where, 0, at(made.entries, -1));
        const [first] = await problemsOf(more);
        expect(first?.split(' ')[0]).toMatch(/^(?:inserted|duplicated)$/);
      }),
    );
  });

  it('every end that was cut off before a checkpoint, and every past that was written anew', async () => {
    const facts = many.map(({ seq: _, previous: __, hash: ___, ...said }) => said);
    await fc.assert(
      fc.asyncProperty(place, place, async (signedAt, changed) => {
        const options = { publicKeys, checkpoints: [signer.sign(at(many, signedAt), 1)] };
        const cut = await verifyTrail(many.slice(0, changed), options);
        expect(cut.problems.map(({ kind }) => kind)).toEqual(
          changed <= signedAt ? ['truncated'] : [],
        );
        const other = facts.with(changed, { ...at(facts, changed), reason: 'it was all right' });
        const rewritten = await verifyTrail(trailOf(other).entries, options);
        expect(rewritten.problems.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual(
          changed <= signedAt ? [`rewritten ${signedAt}`] : [],
        );
      }),
    );
  });

  it('every letter of a checkpoint that is another', async () => {
    const text = JSON.stringify(signer.sign(at(entries, 2), 1_790_000_000_000));
    for (let i = 0; i < text.length; i += 1) {
      for (const letter of ['Q', '-']) {
        const edited = text.slice(0, i) + letter + text.slice(i + 1);
        const said = parsed(edited);
        if (said === undefined || JSON.stringify(said) === text) continue;
        const { ok } = await verifyTrail(entries, { publicKeys, checkpoints: [said] });
        expect(ok, edited).toBe(false);
      }
    }
  });
});

function parsed(text: string): Checkpoint | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('a file that was cut at any byte', () => {
  it('is accepted up to its last whole line, and that is said', async () => {
    for (let length = 0; length <= bytes.length; length += 1) {
      const left = bytes.subarray(0, length);
      const whole = entryAt(length);
      const wholeBytes = fileOf(lines.slice(0, whole)).length;
      const report = await verifyTrail([left]);
      expect(report, `${length} bytes`).toMatchObject({
        ok: true,
        entries: whole,
        cutBytes: length - wholeBytes,
      });
      expect(report.message.includes('not finished')).toBe(length > wholeBytes);
    }
  });
});

describe('an export as CSV', () => {
  const data = fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' });
  const facts = fc.array(
    fc.record(
      {
        kind: fc.constantFrom('gate', '=cmd', '-1', "'"),
        at: fc.double({ noDefaultInfinity: true, noNaN: true }),
        rollout: fc.string({ minLength: 1 }),
        actor: fc.string({ unit: 'grapheme', minLength: 1 }),
        reason: fc.string({
          unit: fc.constantFrom('"', ',', '\r', '\n', "'", '=', '+', 'a', '😀'),
        }),
        tenant: fc.string({ minLength: 1 }),
        before: data,
        evidence: data,
      },
      { requiredKeys: ['kind', 'at', 'rollout', 'actor', 'reason'] },
    ),
    { maxLength: 6 },
  );

  it('is the same trail again when it is imported, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(facts, fc.integer({ min: 1, max: 200 }), async (said, size) => {
        const given = trailOf(said).entries;
        const csv = Buffer.from((await allOf(exportCsv(given))).join(''));
        const pieces: Uint8Array[] = [];
        for (let i = 0; i < csv.length; i += size) pieces.push(csv.subarray(i, i + size));
        const imported: AuditEntry[] = await allOf(importCsv(pieces));
        expect(imported).toEqual(JSON.parse(JSON.stringify(given)));
        expect(await verifyTrail(imported)).toMatchObject({ ok: true, entries: given.length });
      }),
    );
  });
});
