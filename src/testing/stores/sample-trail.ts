import { type AuditEntry, firstHash } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { RolloutCommit, StoredRollout } from '../../core/contracts/rollout-store.ts';
import { nodeCrypto } from '../../core/node-crypto.ts';

const start = Date.UTC(2026, 0, 1);

/** A state of a ramp, of one version. */
export function stateOf(version: number, more: Partial<RolloutState> = {}): RolloutState {
  return {
    version,
    from: 'shadow',
    to: 'live',
    percent: version % 101,
    overrides: {},
    salt: 'salt',
    hash: 'v1',
    step: 0,
    since: start,
    status: 'ramping',
    policyHash: 'policy',
    actor: 'ann',
    ...more,
  };
}

/** Entries that link to a head and to one another, of what their maker calls them. */
export function entriesAfter(
  rollout: string,
  head: { readonly length: number; readonly hash: string },
  ...reasons: readonly string[]
): AuditEntry[] {
  let previous = head.hash;
  return reasons.map((reason, n) => {
    const fact = { kind: 'ramp.step', at: start + n, rollout, actor: 'ann', reason };
    const entry = { ...fact, seq: head.length + n, previous };
    const hash = nodeCrypto().hash('sha256', JSON.stringify(entry), 'hex');
    previous = hash;
    return { ...entry, hash };
  });
}

/** The next version of a rollout, with one entry that says why. */
export function nextCommit(
  rollout: string,
  there: Pick<StoredRollout, 'version' | 'head'>,
  reason: string,
): RolloutCommit {
  return {
    rollout,
    expectVersion: there.version,
    state: stateOf(there.version + 1, { actor: reason }),
    expectHead: there.head.hash,
    entries: entriesAfter(rollout, there.head, reason),
  };
}

/** What a rollout is before its first commit. */
export const nothingYet: StoredRollout = { version: 0, head: { length: 0, hash: firstHash } };
