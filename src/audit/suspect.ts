import type { AuditEntry } from '../core/contracts/audit-entry.ts';
import type { TrailProblem, TrailProblemKind } from './trail-problem.ts';
import type { Reading } from './trail-reading.ts';

/** Where a chain stood when something did not fit, and what did not. */
export interface Break {
  readonly reading: Reading;
  /** Undefined at the beginning. */
  readonly last: { readonly entry: AuditEntry; readonly line: number } | undefined;
  readonly expected: { readonly seq: number; readonly previous: string };
}

type Verdict = readonly [kind: TrailProblemKind, at: { seq: number; line: number }, why: string];

const fits = (entry: AuditEntry | undefined, { seq, previous }: Break['expected']): boolean =>
  entry?.seq === seq && entry.previous === previous;

/** The first thing that does not fit in a chain; what follows it tells what it is. */
export class Suspect {
  readonly #break: Break;
  #next: Reading | undefined;
  #expectedComes = false;
  #comesAgain = false;
  #isLinked = false;
  #hasRival = false;

  constructor(found: Break) {
    this.#break = found;
  }

  /** Looks at one more entry behind it. Keeps nothing but what it has learned. */
  observe(reading: Reading): void {
    this.#next ??= reading;
    const { entry } = reading;
    const suspect = this.#break.reading.entry;
    if (entry === undefined) return;
    if (fits(entry, this.#break.expected)) this.#expectedComes = true;
    if (suspect === undefined) return;
    if (entry.hash === suspect.hash) this.#comesAgain = true;
    else if (entry.seq === suspect.seq) this.#hasRival = true;
    if (entry.previous === suspect.hash || entry.hash === suspect.previous) this.#isLinked = true;
  }

  /** What it is, by all that was seen. */
  problem(): TrailProblem {
    const { reading, expected } = this.#break;
    const [kind, { seq, line }, why] =
      reading.entry === undefined ? this.#ofNoEntry() : this.#ofEntry(reading.entry, reading.line);
    const place = seq === expected.seq ? `${seq}` : `${seq} (found where ${expected.seq} belongs)`;
    return { kind, seq, line, message: `Entry ${place}, line ${line}: ${why}.` };
  }

  #ofNoEntry(): Verdict {
    const at = { seq: this.#break.expected.seq, line: this.#break.reading.line };
    return fits(this.#next?.entry, this.#break.expected)
      ? ['inserted', at, 'is no entry, and the chain goes on without it']
      : ['edited', at, 'is not what was chained'];
  }

  #ofEntry(entry: AuditEntry, line: number): Verdict {
    const { last, expected } = this.#break;
    const at = { seq: entry.seq, line };
    if (entry.hash === last?.entry.hash) return ['duplicated', at, 'stands there twice'];
    if (last !== undefined && fits(entry, last.entry)) return this.#ofFork(last, at, entry);
    if (entry.seq < expected.seq)
      return ['duplicated', at, 'its place is taken by an earlier line'];
    if (entry.seq > expected.seq) return this.#ofLater(at);
    if (this.#expectedComes) return ['inserted', at, 'does not continue the chain'];
    if (last === undefined) return ['edited', at, 'does not continue what it should'];
    const before = { seq: last.entry.seq, line: last.line };
    return ['edited', before, 'is not the one that the next entry was chained to'];
  }

  /** Two entries for one place, both of which continue the chain. */
  #ofFork(last: NonNullable<Break['last']>, at: Verdict[1], entry: AuditEntry): Verdict {
    const why = 'another entry takes this place, and the chain goes on with that';
    return this.#next?.entry?.previous === entry.hash
      ? ['inserted', { seq: last.entry.seq, line: last.line }, why]
      : ['inserted', at, why];
  }

  #ofLater(at: Verdict[1]): Verdict {
    const { expected } = this.#break;
    const missing = { seq: expected.seq, line: at.line };
    if (!this.#expectedComes) return ['missing', missing, `is not there; entry ${at.seq} follows`];
    if (this.#comesAgain) return ['duplicated', at, 'stands there a second time, too early'];
    return this.#isLinked && !this.#hasRival
      ? ['reordered', at, 'stands before entries that it builds on']
      : ['inserted', at, 'is no part of the chain'];
  }
}
