import type { JudgeCalibration } from '../../core/contracts/compare-options.ts';
import { correctedRate } from './corrected-rate.ts';

/** Labelled pairs from which on any share of them is known to within 10 points either way (Wilson's interval at 95 %). */
const leastLabelled = 100;

/** Whether a gate may go by a judge's verdicts: it was calibrated on enough pairs, and is better than chance. */
export function mayGate(calibration: JudgeCalibration | undefined): boolean {
  if (calibration === undefined || calibration.n < leastLabelled) return false;
  return correctedRate(0, calibration) !== undefined;
}
