import { createPublicKey, generateKeyPairSync, hash, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { InvalidOptionsError } from 'engramia-cutover';
import {
  type Checkpoint,
  createCheckpointSigner,
  generateAuditKeys,
  type TrustedKeys,
  verifyTrail,
} from 'engramia-cutover/audit';
import { describe, expect, it } from 'vitest';
import { at, trail, trailOf } from './trail.ts';

const { entries } = trail(10);
const [old, fresh] = [generateAuditKeys(), generateAuditKeys()];
const oldSigner = createCheckpointSigner(old.privateKey);
const freshSigner = createCheckpointSigner(fresh.privateKey);

async function problems(
  checkpoints: readonly Checkpoint[],
  publicKeys: TrustedKeys,
): Promise<readonly string[]> {
  const report = await verifyTrail(entries, { checkpoints, publicKeys });
  return report.problems.map(({ kind, seq }) => `${kind} ${seq}`);
}

describe('checkpoints', () => {
  it('vouch for a trail up to the last of them, and say so', async () => {
    const checkpoints = [2, 7].map((place) => oldSigner.sign(at(entries, place)));
    const report = await verifyTrail(entries, { checkpoints, publicKeys: [old.publicKey] });
    expect(report).toMatchObject({ ok: true, vouchedFor: 7 });
    expect(report.message).toBe('10 entries in one chain, vouched for up to 7.');
  });

  it('of another rollout are told as such, and not as if something had been done to this trail', async () => {
    const others = [4, 12].map((seq) =>
      oldSigner.sign({ ...at(entries, 4), seq, rollout: 'search' }),
    );
    const publicKeys = [old.publicKey];
    const report = await verifyTrail(entries, { checkpoints: others, publicKeys });
    expect(report.ok).toBe(false);
    const why = 'it is of another rollout, "search": hold it against that one\'s trail.';
    expect(report.problems.map(({ message }) => message.slice(-why.length))).toEqual([why, why]);
  });

  it('carry the rollout, the place, the hash, the time and the name of the key', () => {
    const entry = at(entries, 3);
    const { signature, ...statement } = oldSigner.sign(entry, 1_790_000_000_000);
    const { rollout, seq, hash } = entry;
    expect(statement).toEqual({ rollout, seq, hash, at: 1_790_000_000_000, keyId: old.keyId });
    expect(signature).toMatch(/^[\w-]{86}$/);
  });

  it('name their key by the beginning of a hash, as those do that were handed out before', () => {
    const bytes = createPublicKey(old.publicKey).export({ format: 'der', type: 'spki' });
    expect(old.keyId).toBe(hash('sha256', bytes, 'hex').slice(0, 16));
    expect(oldSigner.sign(at(entries, 3)).keyId).toBe(old.keyId);
  });

  it('are signed for their purpose alone, as canonical JSON behind it', () => {
    const checkpoint = oldSigner.sign(at(entries, 3), 1_790_000_000_000);
    const { hash, keyId, signature } = checkpoint;
    const statement = `{"at":1790000000000,"hash":"${hash}","keyId":"${keyId}","rollout":"chat","seq":3}`;
    const isSigned = (text: string) =>
      verify(null, Buffer.from(text), old.publicKey, Buffer.from(signature, 'base64url'));
    expect(isSigned(`engramia-cutover checkpoint v1\n${statement}`)).toBe(true);
    expect(isSigned(statement)).toBe(false);
  });

  it('of a key that is not trusted do not count', async () => {
    const checkpoint = freshSigner.sign(at(entries, 4));
    expect(await problems([checkpoint], [old.publicKey])).toEqual(['unknown-key 4']);
    expect(await problems([checkpoint], [])).toEqual(['unknown-key 4']);
  });

  it('of a swapped key are found, whatever name it takes', async () => {
    const checkpoint = { ...freshSigner.sign(at(entries, 4)), keyId: old.keyId };
    expect(await problems([checkpoint], [old.publicKey])).toEqual(['bad-signature 4']);
  });

  it('of a key that was replaced count up to its last place', async () => {
    const checkpoints = [oldSigner.sign(at(entries, 3)), freshSigner.sign(at(entries, 8))];
    const publicKeys = [{ publicKey: old.publicKey, lastSeq: 5 }, fresh.publicKey];
    expect(await problems(checkpoints, publicKeys)).toEqual([]);
    const late = oldSigner.sign(at(entries, 6));
    expect(await problems([...checkpoints, late], publicKeys)).toEqual(['retired-key 6']);
    const last = oldSigner.sign(at(entries, 5));
    expect(await problems([...checkpoints, last], publicKeys)).toEqual([]);
    const endless = [{ publicKey: old.publicKey, lastSeq: Number.POSITIVE_INFINITY }];
    expect(await problems([late], endless)).toEqual([]);
  });

  it.each<[string, Partial<Record<keyof Checkpoint, unknown>>]>([
    ['rollout', { rollout: 'search' }],
    ['place', { seq: 3 }],
    ['hash', { hash: 'a'.repeat(64) }],
    ['time', { at: 5 }],
    ['time beyond all calendars', { at: 1e300 }],
    ['time that is none', { at: Number.NaN }],
    ['signature', { signature: 'AAAA' }],
    ['signature that is none', { signature: undefined }],
  ])('with another %s are not what was signed', async (_what, change) => {
    const checkpoint = { ...oldSigner.sign(at(entries, 4)), ...change } as Checkpoint;
    const found = await problems([checkpoint], [old.publicKey]);
    expect(found).toEqual([`bad-signature ${checkpoint.seq}`]);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['nothing at all', undefined],
    ['a text', 'checkpoint'],
    ['an object', {}],
    ['a place that is text', { seq: '\u001b[2J' }],
    ['a place without a text', { seq: Symbol('4') }],
    ['a time that is no number', { at: 10n }],
    ['a key that is none', { keyId: undefined }],
  ])('that cannot be read, as of %s, are told, and nothing of them is', async (_what, given) => {
    const signed = oldSigner.sign(at(entries, 4));
    const isChange = typeof given === 'object' && given !== null && Object.keys(given).length > 0;
    const checkpoints = [isChange ? { ...signed, ...given } : given, signed] as Checkpoint[];
    const report = await verifyTrail(entries, { checkpoints, publicKeys: [old.publicKey] });
    expect(report).toMatchObject({ ok: false, entries: entries.length, vouchedFor: 4 });
    expect(report.problems.map(({ kind }) => kind)).toEqual(['bad-signature']);
    expect(report.message).toBe(
      'A checkpoint cannot be read: it has no place, time or key, so no key has signed it.',
    );
  });

  it('are not what was signed when the signature is spelled otherwise for the same bytes', async () => {
    const checkpoint = oldSigner.sign(at(entries, 4));
    const { signature } = checkpoint;
    const last = { A: 'B', Q: 'R', g: 'h', w: 'x' }[signature.slice(-1)];
    for (const other of [signature.slice(0, -1) + last, `${signature}==`, `${signature}\n`]) {
      expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
      const found = await problems([{ ...checkpoint, signature: other }], [old.publicKey]);
      expect(found).toEqual(['bad-signature 4']);
    }
  });

  it('of another trail are found', async () => {
    const other = { ...at(entries, 4), rollout: 'search' };
    expect(await problems([oldSigner.sign(other)], [old.publicKey])).toEqual(['rewritten 4']);
  });

  it('that contradict one another are found', async () => {
    const one = oldSigner.sign(at(entries, 4));
    const two = oldSigner.sign({ ...at(entries, 4), hash: 'a'.repeat(64) });
    expect(await problems([one, two], [old.publicKey])).toEqual(['rewritten 4']);
  });

  it('name a bad entry before a checkpoint behind it', async () => {
    const broken = entries.toSpliced(5, 1);
    const checkpoints = [freshSigner.sign(at(entries, 8)), oldSigner.sign(at(entries, 9))];
    const report = await verifyTrail(broken, { checkpoints, publicKeys: [old.publicKey] });
    expect(report.problems.map(({ kind }) => kind)).toEqual(['missing', 'unknown-key']);
  });

  it('name one of an earlier place before a bad entry', async () => {
    const checkpoints = [freshSigner.sign(at(entries, 8)), freshSigner.sign(at(entries, 2))];
    const report = await verifyTrail(entries.toSpliced(5, 1), { checkpoints });
    expect(report.problems.map(({ seq }) => seq)).toEqual([2, 5, 8]);
    expect(report.message).toMatch(/^Checkpoint of entry 2, /);
  });

  it('say of an end that was cut off where the trail ends', async () => {
    const checkpoints = [oldSigner.sign(at(entries, 7))];
    const publicKeys = [old.publicKey];
    const messages = [entries.slice(0, 5), []].map(async (left) => {
      return (await verifyTrail(left, { checkpoints, publicKeys })).message;
    });
    expect(await Promise.all(messages)).toEqual([
      expect.stringMatching(/^Checkpoint of entry 7, signed .*: the trail ends with entry 4\.$/),
      expect.stringMatching(/^Checkpoint of entry 7, signed .*: the trail is empty\.$/),
    ]);
  });

  it('vouch for the entry that a later part follows, or find that it is another', async () => {
    const checkpoints = [oldSigner.sign(at(entries, 1)), oldSigner.sign(at(entries, 5))];
    const options = { checkpoints, publicKeys: [old.publicKey] };
    for (const part of [entries.slice(6), []]) {
      const after = { seq: 5, hash: at(entries, 5).hash };
      const report = await verifyTrail(part, { ...options, after });
      expect(report).toMatchObject({ ok: true, problems: [], vouchedFor: 5 });
    }
    const facts = entries.map(({ seq: _, previous: __, hash: ___, ...said }) => said);
    const anew = trailOf(facts.with(2, { ...at(facts, 2), actor: 'Eve' })).entries;
    const rewritten = await verifyTrail(anew.slice(6), { ...options, after: at(anew, 5) });
    expect(rewritten).toMatchObject({ ok: false, problems: [{ kind: 'rewritten', seq: 5 }] });
  });
});

describe('keys', () => {
  it('have a name that their public half alone decides', () => {
    expect(oldSigner.keyId).toBe(old.keyId);
    expect(oldSigner.publicKey).toBe(old.publicKey);
    expect(old.keyId).not.toBe(fresh.keyId);
  });

  it('are shown by no signer and told by no error', () => {
    const secret = old.privateKey.split('\n')[1] ?? '';
    expect(secret.length).toBeGreaterThan(60);
    expect(inspect(oldSigner, { depth: 9 }) + JSON.stringify(oldSigner)).not.toContain(secret);
    const broken = old.privateKey.replace('PRIVATE', 'PIRATE');
    try {
      createCheckpointSigner(broken);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionsError);
      expect(inspect(error)).not.toContain(secret);
    }
  });

  it('of another kind are refused', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed448');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(() => createCheckpointSigner(pem)).toThrow('privateKey must be an Ed25519 key');
    const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const verified = verifyTrail(entries, { publicKeys: [publicPem] });
    await expect(verified).rejects.toThrow('publicKey must be an Ed25519 key');
  });
});
