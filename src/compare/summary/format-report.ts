import { refuse } from '../../core/option-checks.ts';
import type { CompareReport } from './compare-report.ts';
import { coverageLines, gapLines } from './coverage-lines.ts';
import {
  figureLines,
  tenantLines,
  toolLines,
  unknownToolLines,
  worstLines,
} from './figure-lines.ts';
import { diagnosisLines } from './finding-lines.ts';
import { wrapped } from './wrapped.ts';

/** What a report prints, in this order. */
const parts: readonly ((report: CompareReport) => string[])[] = [
  gapLines,
  coverageLines,
  diagnosisLines,
  unknownToolLines,
  figureLines,
  toolLines,
  worstLines,
  tenantLines,
];

const noReport =
  'report must be what summarize() gives; of readPairs() that is a promise: await it';

/**
 * A report as a terminal shows it, about a screen long and 100 characters wide. Its first line tells of a gap between "the shadow
 * is on" and "the shadow ran". Names from outside are cut, and only their printable text is left.
 *
 * @example
 * console.log(formatReport(summarize(pairs)));
 *
 * @throws InvalidOptionsError when it is no report, but the promise of one
 */
export function formatReport(report: CompareReport): string {
  const isReport = (report as Partial<CompareReport> | undefined)?.coverage !== undefined;
  refuse('formatReport()', isReport ? [] : [noReport]);
  const lines = parts.flatMap((part) => part(report)).flatMap(wrapped);
  return `${lines.join('\n')}\n`;
}
