import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import { check, issuesOf, type OptionCheck, refuse, required } from '../core/option-checks.ts';
import { ChainFollower } from './chain-follower.ts';
import type { Checkpoint } from './checkpoint.ts';
import { isHead, type TrailHead } from './trail-head.ts';
import type { TrailProblem } from './trail-problem.ts';
import { readingsOf, type TrailSource } from './trail-source.ts';
import { isListed } from './unlisted.ts';
import { type TrustedKeys, Vouching } from './vouching.ts';

/** What a trail is held against. */
export interface VerifyTrailOptions {
  /** Signed elsewhere and kept elsewhere; without any, the end of a trail can be cut off unseen. @default none */
  readonly checkpoints?: Iterable<Checkpoint> | undefined;
  /** Keys whose checkpoints count. @default none */
  readonly publicKeys?: TrustedKeys | undefined;
  /** The entry before the first one, where the trail is a later part of a longer one. @default the trail is whole */
  readonly after?: TrailHead | undefined;
  /** Called with each entry that was found in its place, in order; a promise is waited for. */
  readonly onEntry?: ((entry: AuditEntry) => unknown) | undefined;
}

/** What was found out about a trail. */
export interface TrailReport {
  /** No problem was found. */
  readonly ok: boolean;
  /** Entries that were found in their place, up to the first problem. */
  readonly entries: number;
  /** The last of them; undefined without any. */
  readonly head: AuditEntry | undefined;
  /** The place up to which a checkpoint vouches; undefined: none does. */
  readonly vouchedFor: number | undefined;
  /** Bytes behind the last whole line: the file was cut while its next entry was written. 0 for a file that is whole. */
  readonly cutBytes: number;
  /** In the order of their places; the first is the first bad entry. */
  readonly problems: readonly TrailProblem[];
  /** The same as a sentence. */
  readonly message: string;
}

const isPlace = (value: unknown): boolean => Number.isSafeInteger(value);

/** Without end, too: that is what a key is that says nothing. */
const isLast = (value: unknown): boolean => isPlace(value) || value === Number.POSITIVE_INFINITY;

const isKey = (given: unknown): boolean => {
  if (typeof given === 'string') return true;
  const { publicKey, lastSeq } = (given ?? {}) as { publicKey?: unknown; lastSeq?: unknown };
  return typeof publicKey === 'string' && (lastSeq === undefined || isLast(lastSeq));
};

const sourceCheck: OptionCheck = {
  test: (given) => typeof given === 'string' || given instanceof URL || isListed(given),
  must: 'be the path or URL of a file, entries, or the bytes of a file in pieces',
};

const checks: Record<keyof VerifyTrailOptions, OptionCheck> = {
  checkpoints: {
    test: (given) => check.object.test(given) && Symbol.iterator in (given as object),
    must: 'be a list of checkpoints, or something else to iterate over',
  },
  publicKeys: {
    test: (given) => Array.isArray(given) && given.every(isKey),
    must: 'be a list of PEM texts, or of objects with publicKey and a whole number as lastSeq',
  },
  after: { test: isHead, must: 'be an entry, or its seq and hash' },
  onEntry: check.function,
};

function summary(report: Omit<TrailReport, 'message'>): string {
  const [first] = report.problems;
  if (first !== undefined) return first.message;
  const { entries, vouchedFor, cutBytes } = report;
  const vouched =
    vouchedFor === undefined ? 'no checkpoint vouches for it' : `vouched for up to ${vouchedFor}`;
  const cut = cutBytes === 0 ? '' : `; ${cutBytes} bytes of an entry that was not finished follow`;
  return `${entries} entries in one chain, ${vouched}${cut}.`;
}

/**
 * Reads a whole trail once, offline and in constant memory, and names the first entry that is not what was chained there.
 *
 * A file that ends in the middle of a line was cut while that entry was written: it is accepted up to its last whole line.
 *
 * @throws InvalidOptionsError for a source or options that cannot be used, and what the source throws.
 */
export async function verifyTrail(
  source: TrailSource,
  options: VerifyTrailOptions = {},
): Promise<TrailReport> {
  refuse('verifyTrail()', [
    ...issuesOf({ source }, { source: required(sourceCheck) }),
    ...issuesOf(options, checks),
  ]);
  const { checkpoints = [], publicKeys = [], after, onEntry } = options;
  const vouching = new Vouching(checkpoints, publicKeys);
  const chain = new ChainFollower(after);
  if (after !== undefined) vouching.meet(after);
  const readings = readingsOf(source);
  let entries = 0;
  let reading = await readings.next();
  for (; !reading.done; reading = await readings.next()) {
    const entry = chain.take(reading.value);
    if (entry === undefined) continue;
    entries += 1;
    vouching.meet(entry);
    if (onEntry !== undefined) await onEntry(entry);
  }
  const problem = chain.problem();
  // Behind a problem nothing is known to be missing.
  if (problem === undefined) vouching.end(chain.head?.seq ?? after?.seq ?? -1);
  const problems = [...(problem === undefined ? [] : [problem]), ...vouching.problems];
  const { head } = chain;
  const report = {
    ok: problems.length === 0,
    entries,
    head,
    vouchedFor: vouching.vouchedFor,
    cutBytes: reading.value,
    problems: problems.toSorted((a, b) => a.seq - b.seq),
  };
  return { ...report, message: summary(report) };
}
