import type { JudgeCalibration } from '../../core/contracts/compare-options.ts';
import { check, issuesOf, refuse, required } from '../../core/option-checks.ts';

const numeric = { test: (value: unknown) => typeof value === 'number', must: 'be a number' };
const within = { sensitivity: required(check.object), specificity: required(check.object) };
const checks = { observed: required(numeric), calibration: required(check.object) };

/**
 * The rate of worse candidates behind the rate that a judge has observed, 0 to 1: what it overlooks and what it finds without
 * reason is taken out (Rogan and Gladen, American Journal of Epidemiology 1978). Undefined when that cannot be told, since
 * the judge is no better than chance or was never calibrated on one of both kinds.
 *
 * @throws InvalidOptionsError for what is no rate, and for what is no calibration
 */
export function correctedRate(
  observed: number,
  calibration: Pick<JudgeCalibration, 'sensitivity' | 'specificity'>,
): number | undefined {
  refuse('correctedRate()', issuesOf({ observed, calibration }, checks));
  const { sensitivity, specificity } = calibration;
  refuse('correctedRate()', issuesOf({ sensitivity, specificity }, within, 'calibration.'));
  const [found, spared] = [sensitivity.rate, specificity.rate];
  if (found === undefined || spared === undefined) return undefined;
  const falseAlarms = 1 - spared;
  const worth = found - falseAlarms;
  if (!(worth > 0) || !Number.isFinite(observed)) return undefined;
  return Math.min(1, Math.max(0, (observed - falseAlarms) / worth));
}
