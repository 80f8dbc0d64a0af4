import type { CompareReport } from './compare-report.ts';
import type { Diagnosis, Finding } from './findings.ts';
import { plainText } from './plain-text.ts';
import { percent, withInterval } from './report-numbers.ts';

function evidence({ rate, noise, excess, against, threshold }: Finding): string {
  const share = `${withInterval(rate)} of ${rate.of}`;
  if (against === 'floor') return `${share}; more than ${percent(threshold)} is raised`;
  const above = `${percent(excess?.share)} above it, at least ${percent(excess?.low)}`;
  return `${share}, legacy against itself ${percent(noise?.share)}: ${above}`;
}

function linesOf(diagnosis: Diagnosis, { patterns }: CompareReport): string[] {
  const lines = [
    `! ${diagnosis.says}: ${evidence(diagnosis)}.`,
    `    ${diagnosis.remedy}.`,
    ...diagnosis.parts.map(({ says, rate }) => `    - ${says}: ${percent(rate.share)}`),
  ];
  if (diagnosis.kind !== 'wrong-answers') return lines;
  const told = patterns
    .slice(0, 5)
    .map(({ key, wrong }) => `${plainText(key)} (${wrong.count} of ${wrong.of})`);
  return told.length === 0
    ? lines
    : [...lines, `    Recalled in wrong replies: ${told.join(', ')}`];
}

/** Too often, unless legacy does it as often: too few noise pairs tell. */
const isOpen = ({ raised, against, excess, rate, threshold }: Finding): boolean =>
  !raised && against === 'noise' && (excess?.share ?? 0) > threshold && rate.low > threshold;

const [overNoise, overFloor] = ['differ by more than noise does', 'lie above its fixed share'];

/** What was not found. That it is not there nobody knows: of few pairs little can be shown. */
function nothing({ findings }: CompareReport): string {
  const told = findings.filter(({ rate }) => rate.of > 0);
  const held = told.filter(({ against }) => against === 'noise').length;
  const shown =
    held === 0
      ? overFloor
      : held === told.length
        ? overNoise
        : `${overNoise}, or to ${overFloor} where noise tells too little`;
  return `No diagnosis: nothing is shown to ${shown}.`;
}

const mostOpen = 3;

/** What may be raised once there is more noise to hold it against. */
function openLines({ findings }: CompareReport): string[] {
  return findings
    .filter(isOpen)
    .slice(0, mostOpen)
    .map((finding) => `? ${finding.says}: ${evidence(finding)}. More noise pairs would tell.`);
}

/** What was raised, with its remedy. */
export function diagnosisLines(report: CompareReport): string[] {
  if (report.coverage.pairs === 0) return ['Nothing was compared, so nothing can be said.'];
  const open = openLines(report);
  const raised = report.diagnoses.flatMap((diagnosis) => linesOf(diagnosis, report));
  if (raised.length > 0) return [...raised, ...open];
  return [nothing(report), ...open];
}
