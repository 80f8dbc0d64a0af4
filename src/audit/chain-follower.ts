import { type AuditEntry, firstHash } from '../core/contracts/audit-entry.ts';
import { Suspect } from './suspect.ts';
import type { TrailHead } from './trail-head.ts';
import type { TrailProblem } from './trail-problem.ts';
import type { Reading } from './trail-reading.ts';

/** Goes along a chain, entry by entry, as far as it holds. Remembers the last one only. */
export class ChainFollower {
  readonly #start: TrailHead;
  #last: { readonly entry: AuditEntry; readonly line: number } | undefined;
  #suspect: Suspect | undefined;

  constructor(start: TrailHead = { seq: -1, hash: firstHash }) {
    this.#start = start;
  }

  /** The last entry up to which the chain holds. */
  get head(): AuditEntry | undefined {
    return this.#last?.entry;
  }

  /** The entry, if it continues the chain and nothing before it was wrong. */
  take(reading: Reading): AuditEntry | undefined {
    if (this.#suspect !== undefined) {
      this.#suspect.observe(reading);
      return undefined;
    }
    const { entry } = reading;
    const { seq, hash } = this.#last?.entry ?? this.#start;
    const expected = { seq: seq + 1, previous: hash };
    if (entry?.seq === expected.seq && entry.previous === expected.previous) {
      this.#last = { entry, line: reading.line };
      return entry;
    }
    this.#suspect = new Suspect({ reading, last: this.#last, expected });
    return undefined;
  }

  /** The first thing that was wrong, known when all has been read. */
  problem(): TrailProblem | undefined {
    return this.#suspect?.problem();
  }
}
