import { inPieces } from '../../core/pieces.ts';

type Counts = Readonly<Partial<Record<string, number>>>;

/** Rows that are read in one turn of the event loop: there is one of each tenant and day, and users wait meanwhile. */
const atOnce = 500;

const nothing: Counts = {};

/** Whether something counts less than before: it was erased, and is counted anew. What is missing may be erased just now. */
function isAnew(counts: Counts, before: Counts): boolean {
  for (const name in counts) if ((counts[name] ?? 0) < (before[name] ?? 0)) return true;
  return false;
}

/** Counts of the store as they were when they were last looked at: what has come since is what gates are told. */
export class CountedRows {
  readonly #last = new Map<string, Counts>();

  /**
   * Reads rows, each with how much of a name was added since it was taken last.
   *
   * @param namesOf - what tells a row from all others
   * @param read - `later`: the row is not taken yet
   */
  each<Row extends { readonly counts: Counts }>(
    rows: readonly Row[],
    namesOf: (row: Row) => readonly string[],
    read: (row: Row, added: (name: string) => number) => 'taken' | 'later',
  ): Promise<void> {
    return inPieces(rows, atOnce, async (piece) => {
      for (const row of piece) {
        const key = JSON.stringify(namesOf(row));
        const last = this.#last.get(key) ?? nothing;
        const before = isAnew(row.counts, last) ? nothing : last;
        const added = (name: string): number => (row.counts[name] ?? 0) - (before[name] ?? 0);
        // One entry a row: one a number costs five times as much, and there may be a million.
        if (read(row, added) === 'taken') this.#last.set(key, { ...row.counts });
      }
    });
  }
}
