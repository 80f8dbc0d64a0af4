import type { JudgeCalibration, JudgeShare } from '../../core/contracts/compare-options.ts';
import { wilson } from './wilson.ts';

/** Labelled pairs from which on any share of them is known to within 10 points either way (Wilson's interval at 95 %). */
const leastLabelled = 100;

/** How far the truth may lie below a share. */
const below = ({ right, of }: JudgeShare): number => right / of - wilson(right, of).low;

/**
 * Whether a gate may go by a judge's verdicts: it was calibrated on enough pairs, and is shown to find worse candidates more often
 * among worse ones than among others (Newcombe 1998, method 10, at 95 %). Of judges that toss coins every other one seems to.
 */
export function mayGate(calibration: JudgeCalibration | undefined): boolean {
  if (calibration === undefined || calibration.n < leastLabelled) return false;
  const { sensitivity, specificity } = calibration;
  const worth = sensitivity.right / sensitivity.of + specificity.right / specificity.of - 1;
  // Not a number where one of both kinds was never seen.
  return worth > Math.hypot(below(sensitivity), below(specificity));
}
