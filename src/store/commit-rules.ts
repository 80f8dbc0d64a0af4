import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import type { AuditHead, CommitRefusal, RolloutCommit } from '../core/contracts/rollout-store.ts';
import { refuse } from '../core/option-checks.ts';

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function entryIssues(
  commit: RolloutCommit,
  entry: AuditEntry,
  before: AuditEntry | undefined,
): string[] {
  const what = `entry ${entry.seq}`;
  const previous = before === undefined ? commit.expectHead : before.hash;
  return [
    entry.previous === previous ? '' : `${what} does not link to the hash before it`,
    entry.rollout === commit.rollout ? '' : `${what} is about another rollout`,
    /^[0-9a-f]{64}$/.test(entry.hash) ? '' : `${what} has no hash of 64 hexadecimal digits`,
    isCount(entry.seq) && (before === undefined || entry.seq === before.seq + 1)
      ? ''
      : `${what} is not in its place`,
  ];
}

/** Throws when a commit can be right at no time, whatever the store holds. */
export function refuseBroken(commit: RolloutCommit): void {
  const { state, entries, expectVersion } = commit;
  const issues = entries.flatMap((entry, at) => entryIssues(commit, entry, entries[at - 1]));
  if (!isCount(expectVersion)) issues.push('expectVersion must be a whole number from 0');
  if (state === undefined && entries.length === 0) issues.push('it changes nothing');
  if (state !== undefined && !(isCount(state.version) && state.version > expectVersion)) {
    issues.push(`state.version must be a whole number above ${expectVersion}`);
  }
  refuse(
    'commit()',
    issues.filter((issue) => issue !== ''),
  );
}

/** Why a commit cannot be made on what is there; `token` is the newest of the lease in its fence. */
export function refusalOf(
  commit: RolloutCommit,
  there: { readonly version: number; readonly head: AuditHead },
  token: number | undefined,
): CommitRefusal | undefined {
  const seq = commit.entries[0]?.seq ?? there.head.length;
  if (there.version !== commit.expectVersion) return 'version';
  if (there.head.hash !== commit.expectHead || there.head.length !== seq) return 'head';
  return commit.fence === undefined || commit.fence.token === token ? undefined : 'fence';
}
