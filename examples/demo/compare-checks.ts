import { type Diagnosis, summarize } from 'engramia-cutover/report';
import { type Check, equal } from './check.ts';
import type { Outcome } from './checks.ts';

const kindsOf = (diagnoses: readonly Diagnosis[]): string =>
  diagnoses
    .map(({ kind, parts }) => [kind, ...parts.map((part) => part.kind)].join(' with '))
    .join(', ') || 'nothing';

/** What the three flaws are to be found as, the gravest first. */
const wanted =
  'wrong-answers with numbers, tool-mismatch with tool-missing with tool-extra, verbose';

/** The report of the flawed phase finds what was planted and nothing else; that of the ramp, nothing. */
export function compareChecks({ walked, planted, pairs }: Outcome): Check[] {
  const report = walked.find((phase) => phase.report !== undefined)?.report;
  if (report === undefined) return [{ holds: false, says: 'No phase has a report' }];
  const { coverage, diagnoses, findings } = report;
  const found = new Map(findings.map(({ kind, rate }) => [kind, rate.count]));
  const ramp = summarize(pairs.slice(coverage.pairs));
  return [
    equal(coverage.pairs, coverage.wanted, 'Pairs of the shadow phase, and answers in it'),
    {
      holds: kindsOf(diagnoses) === wanted,
      says: `The report names what was planted and nothing else: ${kindsOf(diagnoses)}`,
    },
    ...[...planted].map(([{ finding, says }, count]) =>
      equal(count, found.get(finding) ?? 0, `  planted (${says}) and found (${finding})`),
    ),
    {
      holds: ramp.coverage.pairs > 0 && ramp.diagnoses.length === 0,
      says: `The report of the ramp, with a mended candidate, names: ${kindsOf(ramp.diagnoses)}`,
    },
  ];
}
