import { type AuditEntry, type AuditFact, chainLine } from 'engramia-cutover/audit';

const kinds = ['dualwrite.on', 'ramp.step', 'gate', 'rollback'];

/** A fact that differs from those of other numbers. */
export function fact(number: number): AuditFact {
  return {
    kind: kinds[number % kinds.length] ?? 'gate',
    at: 1_790_000_000_000 + number * 1_000,
    rollout: 'chat',
    actor: number % 3 === 0 ? 'Ada' : 'system',
    reason: `step ${number} – “fine”`,
    before: { version: number, percent: 5, overrides: {} },
    after: { version: number + 1, percent: 25, overrides: {} },
    evidence: { gates: [{ gate: 'wrong answers', outcome: 'pass', pairs: 800 + number }] },
  };
}

/** A trail and its file. */
export interface Trail {
  readonly entries: readonly AuditEntry[];
  readonly lines: readonly string[];
  readonly bytes: Buffer;
}

export function trailOf(facts: readonly AuditFact[]): Trail {
  const entries: AuditEntry[] = [];
  const lines: string[] = [];
  for (const each of facts) {
    const { entry, line } = chainLine(each, entries.at(-1));
    entries.push(entry);
    lines.push(line);
  }
  return { entries, lines, bytes: fileOf(lines) };
}

/** A trail of so many entries. */
export const trail = (length: number): Trail =>
  trailOf(Array.from({ length }, (_, number) => fact(number)));

export function fileOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
}

/** The entry, or undefined's complaint: for tests that know how long their trail is. */
export function at<T>(list: readonly T[], place: number): T {
  const found = list.at(place);
  if (found === undefined) throw new Error(`There is nothing at ${place}.`);
  return found;
}

/** Everything that a generator yields. */
export async function allOf<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
