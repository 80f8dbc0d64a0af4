import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { type Excess, excessOverNoise, type Rate, rateOf } from './rate.ts';

/** How often the candidate called one tool where legacy called another one. */
export interface ToolCell {
  /** Absent: legacy called nothing. */
  readonly legacy?: string;
  /** Absent: the candidate called nothing. */
  readonly candidate?: string;
  /** Calls. */
  readonly count: number;
  /** Pairs with such a call, of those in which both legs told. */
  readonly pairs: Rate;
}

/** How much more often that is so than in pairs of legacy against itself. */
export interface ToolExcess extends Omit<ToolCell, 'count'> {
  /** The same of legacy against itself; of 0 pairs when it has too many cells to know. */
  readonly noise: Rate;
  /** How far the share of pairs lies above that. */
  readonly excess: Excess;
}

interface Cell {
  readonly legacy: string | undefined;
  readonly candidate: string | undefined;
  calls: number;
  pairs: number;
  /** The last pair that was counted: a pair counts once, however many calls it has. */
  last: number;
}

/** Cells that are counted, and those of them that are told. */
const mostCells = 1_000;
const toldCells = 40;

/** Counts legacy's tools against the candidate's, of pairs in which both told. */
export class ToolMatrix {
  readonly #rows = new Map<string | undefined, Map<string | undefined, Cell>>();
  readonly #cells: Cell[] = [];
  #pairs = 0;

  add({ legacy: { tools: legacy }, candidate: { tools: candidate } }: PairRecord): void {
    if (legacy === undefined || candidate === undefined) return;
    this.#pairs += 1;
    if (isSame(legacy, candidate)) for (const name of legacy) this.#add(name, name);
    else this.#addUnlike(legacy, candidate);
  }

  /** The most frequent ones. */
  cells(): ToolCell[] {
    return this.#told().map(({ calls, pairs, ...names }) => ({
      ...named(names),
      count: calls,
      pairs: rateOf(pairs, this.#pairs),
    }));
  }

  /** How far the most frequent ones lie above another matrix, of which a number of pairs is asked for. */
  excessOver(noise: ToolMatrix, asked: number): ToolExcess[] {
    return this.#told().map(({ pairs, ...names }) => {
      const rate = rateOf(pairs, this.#pairs);
      const found = noise.#rows.get(names.legacy)?.get(names.candidate);
      const isKnown = found !== undefined || noise.#cells.length < mostCells;
      const itself = rateOf(found?.pairs ?? 0, isKnown ? noise.#pairs : 0);
      const excess = excessOverNoise(rate, itself, asked);
      return { ...named(names), pairs: rate, noise: itself, excess };
    });
  }

  #told(): Cell[] {
    return [...this.#cells].sort((a, b) => b.calls - a.calls).slice(0, toldCells);
  }

  /** Crosses out what both called; what is left stands beside what is left of the other one, in order. */
  #addUnlike(legacy: readonly string[], candidate: readonly string[]): void {
    const left = [...candidate];
    const unmet: string[] = [];
    for (const name of legacy) {
      const at = left.indexOf(name);
      if (at < 0) unmet.push(name);
      else this.#add(name, ...left.splice(at, 1));
    }
    const rows = Math.max(unmet.length, left.length);
    for (let at = 0; at < rows; at += 1) this.#add(unmet[at], left[at]);
  }

  #add(legacy: string | undefined, candidate?: string): void {
    let row = this.#rows.get(legacy);
    let cell = row?.get(candidate);
    if (cell === undefined) {
      if (this.#cells.length >= mostCells) return;
      cell = { legacy, candidate, calls: 0, pairs: 0, last: 0 };
      this.#cells.push(cell);
      row ??= new Map();
      this.#rows.set(legacy, row.set(candidate, cell));
    }
    cell.calls += 1;
    if (cell.last === this.#pairs) return;
    cell.last = this.#pairs;
    cell.pairs += 1;
  }
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((name, at) => name === others[at]);

const named = ({ legacy, candidate }: Pick<Cell, 'legacy' | 'candidate'>) => ({
  ...(legacy !== undefined && { legacy }),
  ...(candidate !== undefined && { candidate }),
});
