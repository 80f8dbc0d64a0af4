import type { PairRecord } from '../../core/pair-record.ts';
import type { MissedPairs } from '../../core/pair-sink.ts';
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
  const told = (): CompareReport => {
    for (const misses of options.misses ?? pairs.misses?.() ?? []) summary.miss(misses);
    return summary.report();
  };
  if (Symbol.asyncIterator in pairs) return addAll(summary, pairs).then(told);
  for (const pair of pairs) summary.pair(pair);
  return told();
}

/** Pairs in one turn of the loop: some milliseconds of it. What comes from memory would else take all of it. */
const pairsPerTurn = 128;

async function addAll(summary: Summary, pairs: AsyncIterable<PairRecord>): Promise<void> {
  let count = 0;
  for await (const pair of pairs) {
    summary.pair(pair);
    count += 1;
    if (count % pairsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
