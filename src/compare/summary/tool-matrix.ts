import type { PairRecord } from '../../core/pair-record.ts';
import { BoundedCounts } from './bounded-counts.ts';

/** How often the candidate called one tool where legacy called another one. */
export interface ToolCell {
  /** Absent: legacy called nothing. */
  readonly legacy?: string;
  /** Absent: the candidate called nothing. */
  readonly candidate?: string;
  readonly count: number;
}

const mostCells = 1_000;
const toldCells = 40;

/** Crosses out what both called; what is left stands beside what is left of the other one, in order. */
function cellsOf(legacy: readonly string[], candidate: readonly string[]): (string | null)[][] {
  const left = [...candidate];
  const unmet: string[] = [];
  const cells: (string | null)[][] = [];
  for (const name of legacy) {
    const at = left.indexOf(name);
    if (at < 0) unmet.push(name);
    else cells.push([name, ...left.splice(at, 1)]);
  }
  const rows = Math.max(unmet.length, left.length);
  for (let at = 0; at < rows; at += 1) cells.push([unmet[at] ?? null, left[at] ?? null]);
  return cells;
}

/** Counts legacy's tools against the candidate's, of pairs in which both told. */
export class ToolMatrix {
  readonly #cells = new BoundedCounts(mostCells, { count: 0 });

  add({ legacy, candidate }: PairRecord): void {
    if (legacy.tools === undefined || candidate.tools === undefined) return;
    for (const cell of cellsOf(legacy.tools, candidate.tools)) {
      this.#cells.add(JSON.stringify(cell), 'count');
    }
  }

  /** The most frequent ones. */
  cells(): ToolCell[] {
    const cells = this.#cells.entries().sort(([, a], [, b]) => b.count - a.count);
    return cells.slice(0, toldCells).map(([key, { count }]) => {
      const [legacy, candidate] = JSON.parse(key) as [string | null, string | null];
      return {
        ...(legacy !== null && { legacy }),
        ...(candidate !== null && { candidate }),
        count,
      };
    });
  }
}
