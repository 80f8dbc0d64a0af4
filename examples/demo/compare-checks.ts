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

/** Reports find what was planted and nothing else; in all other phases, nothing. */
export function compareChecks({ walked, models, pairs }: Outcome): Check[] {
  const [flawed, regressed] = walked.filter(({ report }) => report !== undefined);
  const report = flawed?.report;
  if (report === undefined) return [{ holds: false, says: 'No phase has a report' }];
  const { coverage, diagnoses, findings } = report;
  const found = new Map(findings.map(({ kind, rate }) => [kind, rate.count]));
  const bad = new Set(walked.flatMap((phase) => phase.pairs));
  const ramp = summarize(pairs.filter((pair) => !bad.has(pair)));
  const worse = regressed?.report?.diagnoses ?? [];
  return [
    equal(coverage.pairs, coverage.wanted, 'Pairs of the shadow phase, and answers in it'),
    {
      holds: kindsOf(diagnoses) === wanted,
      says: `The report names what was planted and nothing else: ${kindsOf(diagnoses)}`,
    },
    ...[...models.planted].map(([{ finding, says }, count]) =>
      equal(count, found.get(finding) ?? 0, `  planted (${says}) and found (${finding})`),
    ),
    {
      holds: worse.length === 1 && worse[0]?.kind === 'wrong-answers',
      says: `The report of the regression names: ${kindsOf(worse)}`,
    },
    {
      holds: ramp.coverage.pairs > 0 && ramp.diagnoses.length === 0,
      says: `The report of all other phases, with a mended candidate, names: ${kindsOf(ramp.diagnoses)}`,
    },
  ];
}
