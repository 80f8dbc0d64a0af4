import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import { nextTurn } from '../../core/pieces.ts';
import type { CompareReport } from './compare-report.ts';
import { Summary } from './summary.ts';
import { normalizedSummary, type SummaryOptions } from './summary-options.ts';

/** Where a report has its misses from, unless they are given. */
interface TellsMisses {
  misses?(): Iterable<MissedPairs>;
}

/**
 * Says what compared exchanges have in common, in one pass and bounded memory. Both `memoryPairs` and `readPairs` are
 * sources that know what they miss; an array needs `misses` for its coverage.
 *
 * @example
 * const report = await summarize(readPairs('/var/log/app/pairs.jsonl'));
 * console.log(formatReport(report));
 * @throws InvalidOptionsError naming everything that is wrong with the options.
 */
export function summarize(
  pairs: Iterable<PairRecord> & TellsMisses,
  options?: SummaryOptions,
): CompareReport;
export function summarize(
  pairs: AsyncIterable<PairRecord> & TellsMisses,
  options?: SummaryOptions,
): Promise<CompareReport>;
export function summarize(
  pairs: (Iterable<PairRecord> | AsyncIterable<PairRecord>) & TellsMisses,
  options: SummaryOptions = {},
): CompareReport | Promise<CompareReport> {
  const summary = new Summary(normalizedSummary(pairs, options));
  const misses = () => options.misses ?? pairs.misses?.() ?? [];
  if (Symbol.asyncIterator in pairs) return reportInTurns(summary, pairs, misses);
  for (const pair of pairs) summary.pair(pair);
  for (const missed of misses()) summary.miss(missed);
  return summary.report();
}

/** Pairs, or sums of misses, in one turn of the loop: a millisecond of it, or some where they are read from a file. */
const perTurn = 128;

async function reportInTurns(
  summary: Summary,
  pairs: AsyncIterable<PairRecord>,
  misses: () => Iterable<MissedPairs>,
): Promise<CompareReport> {
  let count = 0;
  const isTurnOver = (): boolean => {
    count += 1;
    return count % perTurn === 0;
  };
  // What comes from memory would else take all of the loop.
  for await (const pair of pairs) {
    summary.pair(pair);
    if (isTurnOver()) await nextTurn();
  }
  for (const missed of misses()) {
    summary.miss(missed);
    if (isTurnOver()) await nextTurn();
  }
  return summary.report();
}
