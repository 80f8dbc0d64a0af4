import type { KeyObject } from 'node:crypto';
import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { InvalidOptionsError } from '../core/errors.ts';
import { nodeCrypto } from '../core/node-crypto.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';

/** A new pair of keys as PEM text. */
export interface AuditKeys {
  /** PKCS #8. Whoever has it can sign checkpoints: keep it where the trail is not. */
  readonly privateKey: string;
  /** SPKI. Give it to those who verify. */
  readonly publicKey: string;
  /** The name of the pair, as checkpoints carry it. */
  readonly keyId: string;
}

/** Signs checkpoints; holds the private key and shows it to nobody. */
export interface CheckpointSigner {
  readonly keyId: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  /** Signs that a trail reaches to this entry. `at` is in milliseconds since the epoch. @default Date.now() */
  sign(entry: AuditEntry, at?: number): Checkpoint;
}

/** The name of a public key: the first 16 hex digits of its SHA-256. */
export function keyIdOf(publicKey: KeyObject): string {
  const bytes = publicKey.export({ format: 'der', type: 'spki' });
  return nodeCrypto().hash('sha256', bytes, 'hex').slice(0, 16);
}

const pemOf = (publicKey: KeyObject): string =>
  publicKey.export({ format: 'pem', type: 'spki' }).toString();

/** Makes a new pair of Ed25519 keys for checkpoints. */
export function generateAuditKeys(): AuditKeys {
  const { privateKey, publicKey } = nodeCrypto().generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: pemOf(publicKey),
    keyId: keyIdOf(publicKey),
  };
}

/** Reads a key, and says no more of a wrong one than that it is wrong: parts of it could stand in Node's own message. */
function ed25519(read: () => KeyObject, what: string): KeyObject {
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below.
  }
  throw new InvalidOptionsError('the audit trail', [`${what} must be an Ed25519 key as PEM text`]);
}

/** Reads a public key. */
export function toPublicKey(pem: string): KeyObject {
  return ed25519(() => nodeCrypto().createPublicKey(pem), 'publicKey');
}

/**
 * Makes a signer of a private key.
 *
 * @throws InvalidOptionsError for what is no Ed25519 key; its message holds nothing of it.
 */
export function createCheckpointSigner(privateKey: string): CheckpointSigner {
  const key = ed25519(() => nodeCrypto().createPrivateKey(privateKey), 'privateKey');
  const publicKey = nodeCrypto().createPublicKey(key);
  const keyId = keyIdOf(publicKey);
  return {
    keyId,
    publicKey: pemOf(publicKey),
    sign: (entry, at = Date.now()) => signCheckpoint(entry, { keyId, privateKey: key }, at),
  };
}
