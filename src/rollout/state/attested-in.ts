import type { AuditEntry } from '../../core/contracts/audit-entry.ts';
import type { Attestation } from '../gates/gate.ts';

/** What an entry of a trail vouches for; undefined: nothing. */
export function attestedIn({ kind, evidence, at }: AuditEntry): Attestation | undefined {
  if (kind !== 'attestation') return undefined;
  const { kind: about, ok } = (evidence ?? {}) as { kind?: unknown; ok?: unknown };
  return typeof about === 'string' ? { kind: about, ok: ok === true, at } : undefined;
}
