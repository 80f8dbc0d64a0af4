import { type AuditEntry, type AuditFact, firstHash } from '../core/contracts/audit-entry.ts';
import { nodeCrypto } from '../core/node-crypto.ts';
import { check, show } from '../core/option-checks.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { wrongFactField } from './entry-shape.ts';
import { isHead, type TrailHead } from './trail-head.ts';

/** Code units that the line of one entry may have: what reads a trail holds one line in memory. */
export const longestLine = 1_048_576;

/** An entry, and the line that it is in a file: its canonical JSON, without the line feed. */
export interface ChainedLine {
  readonly entry: AuditEntry;
  readonly line: string;
}

interface Place {
  readonly seq: number;
  readonly previous: string;
}

/** What the hash is taken of, its fields in the canonical order, so that they are written natively. */
function bodyOf(fact: AuditFact, { seq, previous }: Place): Record<string, unknown> {
  const body: Record<string, unknown> = { actor: fact.actor };
  if (fact.after !== undefined) body.after = fact.after;
  body.at = fact.at;
  if (fact.before !== undefined) body.before = fact.before;
  if (fact.evidence !== undefined) body.evidence = fact.evidence;
  body.kind = fact.kind;
  body.previous = previous;
  body.reason = fact.reason;
  body.rollout = fact.rollout;
  body.seq = seq;
  if (fact.tenant !== undefined) body.tenant = fact.tenant;
  return body;
}

function withHash(body: string, hash: string): string {
  // Only strings and one number follow the last one, and in a string its quotes would be escaped.
  const at = body.lastIndexOf(',"kind":');
  return `${body.slice(0, at)},"hash":"${hash}"${body.slice(at)}`;
}

/** The hash of what an entry says, and the line that it is in a file. */
export function sealOf(
  fact: AuditFact,
  place: Place,
): { readonly hash: string; readonly line: string } {
  const body = canonicalJson(bodyOf(fact, place));
  const hash = nodeCrypto().hash('sha256', body, 'hex');
  return { hash, line: withHash(body, hash) };
}

/** The line of an entry, with the hash that it has: whether it is the right one is not for this to say. */
export function lineOf(entry: AuditEntry): string {
  return withHash(canonicalJson(bodyOf(entry, entry)), entry.hash);
}

/**
 * Puts a fact in its place behind the last entry of a chain (or the first place of a new one), and writes its line: what an
 * append-only file keeps, at no more cost than the hash alone.
 *
 * @throws TypeError for a fact that lacks a field, or holds what canonical JSON refuses, and for what is no entry before it.
 */
export function chainLine(fact: AuditFact, previous?: TrailHead): ChainedLine {
  if (!check.object.test(fact))
    throw new TypeError(`An audit fact must be an object, not ${show(fact)}.`);
  if ((previous ?? undefined) !== undefined && !isHead(previous))
    throw new TypeError(
      `The entry before must have its seq and hash, which ${show(previous)} has not.`,
    );
  const wrong = wrongFactField(fact);
  if (wrong !== undefined) throw new TypeError(`An audit fact has no usable ${wrong}.`);
  const seq = (previous?.seq ?? -1) + 1;
  const before = previous?.hash ?? firstHash;
  const { hash, line } = sealOf(fact, { seq, previous: before });
  if (line.length > longestLine)
    throw new TypeError(`An audit fact is longer than ${longestLine}.`);
  return { entry: { ...fact, seq, previous: before, hash }, line };
}

/** `chainLine` without the line. What the fact holds is not copied: change none of it afterwards. */
export function chainEntry(fact: AuditFact, previous?: TrailHead): AuditEntry {
  return chainLine(fact, previous).entry;
}
