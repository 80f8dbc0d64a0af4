import type { DayFilter, PairFilter, PairPlace } from '../driver.ts';

/** Pairs that are read at once. */
const pageSize = 1_000;

/** A pair in memory. */
export interface PairRow extends PairPlace {
  readonly key: string;
  readonly tenant: string;
  readonly phase: string;
  readonly record: string;
}

/** Whether a row is one of those that were asked for. */
export const isWithin = (row: { tenant: string; phase: string }, filter: PairFilter | DayFilter) =>
  (filter.tenant ?? row.tenant) === row.tenant && (filter.phase ?? row.phase) === row.phase;

/** The order in which pairs are read. */
export const byPlace = (a: PairPlace, b: PairPlace): number => a.at - b.at || a.id - b.id;

/** The next page: looked for by halves, as going through all rows for each page costs the square of their number. */
export function rowsAfter(
  rows: readonly PairRow[],
  after: PairPlace,
  filter: PairFilter,
): PairRow[] {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (byPlace(rows[middle] as PairRow, after) > 0) to = middle;
    else from = middle + 1;
  }
  const page: PairRow[] = [];
  for (let place = from; place < rows.length && page.length < pageSize; place += 1) {
    const row = rows[place] as PairRow;
    if (row.at >= filter.until) break;
    if (isWithin(row, filter)) page.push(row);
  }
  return page;
}
