import type { JudgeCalibration } from '../../core/contracts/compare-options.ts';
import { check, issuesOf, type OptionChecks, required } from '../../core/option-checks.ts';

const whole = {
  test: (value: unknown) => Number.isInteger(value) && (value as number) >= 0,
  must: 'be a whole number from 0',
};

const share: OptionChecks = {
  right: required(whole),
  of: required(whole),
  rate: check.share,
  low: required(check.share),
  high: required(check.share),
};

const checks: OptionChecks = {
  fingerprint: required(check.text),
  model: check.text,
  at: required(whole),
  n: required(whole),
  unanswered: required(whole),
};

/** A share that agrees with its own counts. */
function isSound(given: JudgeCalibration['sensitivity'] | undefined): boolean {
  if (given === undefined) return false;
  const { right, of, rate } = given;
  return right <= of && (of === 0 ? rate === undefined : rate === right / of);
}

const unsound = (path: string): string =>
  `${path} must be as calibrate() gave it: its counts do not agree`;

/** What is wrong with a calibration that is handed back to a judge; another judge's is none for this one. */
export function calibrationIssues(
  value: unknown,
  fingerprint: string | undefined,
  path = 'calibration',
): string[] {
  const shares = { sensitivity: share, specificity: share };
  const issues = issuesOf(value, { ...checks, ...shares }, `${path}.`);
  if (issues.length > 0) return issues;
  const { sensitivity, specificity, n, fingerprint: measured } = value as JudgeCalibration;
  if (!isSound(sensitivity) || !isSound(specificity)) return [unsound(path)];
  if (n !== sensitivity.of + specificity.of) return [unsound(path)];
  if (measured === fingerprint) return [];
  return [
    `${path} must be of this model and rubric (${fingerprint}), but was made for others (${measured}): calibrate again`,
  ];
}
