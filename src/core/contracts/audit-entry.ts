/** The hash that stands before the first entry of an audit trail. */
export const firstHash = '0'.repeat(64);

/** What an audit entry says, before it is put in its place in the chain. Plain data, without anybody's personal data. */
export interface AuditFact {
  /** What happened, in words of a bounded set: `dualwrite.on`, `ramp.step`, `rollback`, `gate`, … */
  readonly kind: string;
  /** When, milliseconds since the epoch. */
  readonly at: number;
  /** The rollout that it is about. */
  readonly rollout: string;
  /** Who did it: a person's name as the app knows it, or `system`. */
  readonly actor: string;
  readonly reason: string;
  /** The tenant as a keyed hash whose salt can be destroyed; never its name. */
  readonly tenant?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** What the decision was made on: the inputs and outcomes of the gates, an attestation. */
  readonly evidence?: unknown;
}

/** One entry of the audit trail, chained to the one before it. */
export interface AuditEntry extends AuditFact {
  /** Its place in the chain, from 0. */
  readonly seq: number;
  /** Hash of the entry before it; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 of the entry's canonical JSON without this field, hex. */
  readonly hash: string;
}
