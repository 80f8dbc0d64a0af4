import type { CompareReport } from './compare-report.ts';
import { coverageLines, gapLines } from './coverage-lines.ts';
import { figureLines, tenantLines, toolLines, worstLines } from './figure-lines.ts';
import { diagnosisLines } from './finding-lines.ts';
import { wrapped } from './wrapped.ts';

/** What a report prints, in this order. */
const parts: readonly ((report: CompareReport) => string[])[] = [
  gapLines,
  coverageLines,
  diagnosisLines,
  figureLines,
  toolLines,
  worstLines,
  tenantLines,
];

/**
 * A report as a terminal shows it, about a screen long and 100 characters wide. A gap between "the shadow is on" and "the shadow ran" is its first
 * line. Names from outside are cut, and nothing of them but printable text is left.
 *
 * @example
 * console.log(formatReport(summarize(pairs)));
 */
export function formatReport(report: CompareReport): string {
  const lines = parts.flatMap((part) => part(report)).flatMap(wrapped);
  return `${lines.join('\n')}\n`;
}
