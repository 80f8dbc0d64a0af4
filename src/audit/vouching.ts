import type { KeyObject } from 'node:crypto';
import { keyIdOf, toPublicKey } from './audit-keys.ts';
import { type Checkpoint, isSignedBy } from './checkpoint.ts';
import type { TrailHead } from './trail-head.ts';
import type { TrailProblem, TrailProblemKind } from './trail-problem.ts';

/** A public key that may vouch for a trail. */
export interface TrustedKey {
  /** SPKI, PEM. */
  readonly publicKey: string;
  /** The last place that it may vouch for: set when another key takes over. @default without end */
  readonly lastSeq?: number;
}

/** What `verifyTrail` is told of keys: PEM texts, or with them how far each may vouch. */
export type TrustedKeys = readonly (string | TrustedKey)[];

interface Trusted {
  readonly key: KeyObject;
  readonly lastSeq: number;
}

function keyring(keys: TrustedKeys): ReadonlyMap<string, Trusted> {
  return new Map(
    keys.map((given) => {
      const { publicKey, lastSeq = Number.POSITIVE_INFINITY } =
        typeof given === 'string' ? { publicKey: given } : given;
      const key = toPublicKey(publicKey);
      return [keyIdOf(key), { key, lastSeq }];
    }),
  );
}

/** The last moment that a date can be. */
const latestDate = 8.64e15;

function problem(kind: TrailProblemKind, { seq, at }: Checkpoint, why: string): TrailProblem {
  const when = Math.abs(at) <= latestDate ? new Date(at).toISOString() : 'no known time';
  return { kind, seq, message: `Checkpoint of entry ${seq}, signed ${when}: ${why}.` };
}

/** Checkpoints that are held against a trail while it is read. */
export class Vouching {
  readonly problems: TrailProblem[] = [];
  readonly #waiting = new Map<number, Checkpoint[]>();
  /** Whose trail it is. */
  #rollout: string | undefined;
  /** The last place that a checkpoint vouches for; undefined: none does. */
  vouchedFor: number | undefined;

  constructor(checkpoints: Iterable<Checkpoint>, keys: TrustedKeys) {
    const trusted = keyring(keys);
    for (const checkpoint of checkpoints) {
      const wrong = isCheckpoint(checkpoint)
        ? signatureProblem(checkpoint, trusted.get(checkpoint.keyId))
        : unreadable;
      if (wrong !== undefined) this.problems.push(wrong);
      else this.#wait(checkpoint);
    }
  }

  /** Holds an entry that continues the chain, or that it begins behind, against what was signed of its place. */
  meet({ seq, hash, rollout }: TrailHead & { readonly rollout?: string }): void {
    this.#rollout = rollout ?? this.#rollout;
    const signed = this.#waiting.get(seq);
    if (signed === undefined) return;
    this.#waiting.delete(seq);
    for (const checkpoint of signed) {
      if (checkpoint.hash === hash && checkpoint.rollout === (rollout ?? checkpoint.rollout)) {
        this.vouchedFor = seq;
      } else {
        const why = this.#ofOther(checkpoint) ?? 'vouches for another entry';
        this.problems.push(problem('rewritten', checkpoint, why));
      }
    }
  }

  /** What was signed of places behind the end of a trail. */
  end(lastSeq: number): void {
    for (const [seq, [checkpoint]] of this.#waiting) {
      if (seq <= lastSeq || checkpoint === undefined) continue;
      const end = lastSeq < 0 ? 'is empty' : `ends with entry ${lastSeq}`;
      const why = this.#ofOther(checkpoint) ?? `the trail ${end}`;
      this.problems.push(problem('truncated', checkpoint, why));
    }
  }

  /** Somebody may have put the checkpoints of two trails into one file: nothing was done to this one. */
  #ofOther({ rollout }: Checkpoint): string | undefined {
    if (this.#rollout === undefined || rollout === this.#rollout) return undefined;
    return `it is of another rollout, ${JSON.stringify(String(rollout).slice(0, 60))}: hold it against that one's trail`;
  }

  #wait(checkpoint: Checkpoint): void {
    const others = this.#waiting.get(checkpoint.seq);
    if (others === undefined) this.#waiting.set(checkpoint.seq, [checkpoint]);
    else others.push(checkpoint);
  }
}

/** They come from a mailbox or a ticket: what they hold is not to be printed before it was looked at. */
function isCheckpoint(given: unknown): given is Checkpoint {
  const { seq, at, keyId } = (given ?? {}) as { readonly [name in keyof Checkpoint]?: unknown };
  return Number.isSafeInteger(seq) && typeof at === 'number' && typeof keyId === 'string';
}

const unreadable: TrailProblem = {
  kind: 'bad-signature',
  seq: 0,
  message: 'A checkpoint cannot be read: it has no place, time or key, so no key has signed it.',
};

function signatureProblem(
  checkpoint: Checkpoint,
  trusted: Trusted | undefined,
): TrailProblem | undefined {
  if (trusted === undefined) return problem('unknown-key', checkpoint, 'its key is not trusted');
  if (!isSignedBy(checkpoint, trusted.key)) {
    return problem('bad-signature', checkpoint, 'this is not what its key has signed');
  }
  return checkpoint.seq > trusted.lastSeq
    ? problem('retired-key', checkpoint, `its key may vouch up to entry ${trusted.lastSeq}`)
    : undefined;
}
