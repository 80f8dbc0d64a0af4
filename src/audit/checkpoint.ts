import type { KeyObject } from 'node:crypto';
import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { nodeCrypto } from '../core/node-crypto.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';

/**
 * A signed statement that a trail had this entry at this place. Plain data, to be sent to where nobody who can change the
 * trail can change it: a mailbox, a ticket, an object store with a lock, a colleague.
 */
export interface Checkpoint {
  readonly rollout: string;
  readonly seq: number;
  /** The entry's hash; it stands for all entries before it as well. */
  readonly hash: string;
  /** When it was signed, milliseconds since the epoch. */
  readonly at: number;
  /** The name of the key: the first 16 hex digits of the SHA-256 of its public half. */
  readonly keyId: string;
  /** Ed25519, base64url. */
  readonly signature: string;
}

/** What a signature says it is for, so that it can be used for nothing else. */
const purpose = 'engramia-cutover checkpoint v1\n';

function signedBytes({ signature: _, ...statement }: Checkpoint): Buffer {
  return Buffer.from(purpose + canonicalJson(statement), 'utf8');
}

/** Signs that a trail reaches to this entry. */
export function signCheckpoint(
  entry: AuditEntry,
  key: { readonly keyId: string; readonly privateKey: KeyObject },
  at: number,
): Checkpoint {
  const { rollout, seq, hash } = entry;
  const unsigned = { rollout, seq, hash, at, keyId: key.keyId, signature: '' };
  const signature = nodeCrypto().sign(null, signedBytes(unsigned), key.privateKey);
  return { ...unsigned, signature: signature.toString('base64url') };
}

/** Whether a checkpoint is what the owner of the key has signed. */
export function isSignedBy(checkpoint: Checkpoint, publicKey: KeyObject): boolean {
  try {
    const signature = Buffer.from(checkpoint.signature, 'base64url');
    // Decoding forgives: another text with the same bytes is not what was signed.
    if (signature.toString('base64url') !== checkpoint.signature) return false;
    return nodeCrypto().verify(null, signedBytes(checkpoint), publicKey, signature);
  } catch {
    return false;
  }
}
