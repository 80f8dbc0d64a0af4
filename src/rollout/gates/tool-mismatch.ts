import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import type { Gate } from './gate.ts';
import { type PairGateOptions, pairGateChecks } from './gate-options.ts';
import { leastHarm } from './least-harm.ts';
import { pairedGate } from './paired-gate.ts';
import { type PairedView, sayOfEnds } from './paired-view.ts';

/** When tools are called in another way too often. */
export interface ToolMismatchOptions extends PairGateOptions {
  /** Passes once less than this share is shown to mismatch. @default 0.05 */
  readonly margin?: number | undefined;
  /** Fails once more than this share is shown to. @default 0.05, and 0.0025 with `overNoise` */
  readonly harm?: number | undefined;
  /** Takes out what legacy's calls differ by when it runs twice. Needs `sample.noise`. @default false */
  readonly overNoise?: boolean | undefined;
}

function off(pair: PairRecord): boolean | 'unknown' {
  const ends = sayOfEnds(pair);
  if (ends !== undefined) return ends === 'worse';
  const tools = pair.divergence?.layers.find(({ layer }) => layer === 'tools')?.say ?? 'none';
  return tools === 'none' ? 'unknown' : tools !== 'same';
}

const view: PairedView = {
  off,
  say(pair) {
    const isOff = off(pair);
    if (isOff === 'unknown') return 'unknown';
    return isOff ? 'worse' : 'same';
  },
};

/**
 * Asks whether the candidate calls other tools than legacy, or with other arguments. A signal, by pairs of which both legs
 * told their calls.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function toolMismatch(options: ToolMismatchOptions = {}): Gate {
  const checks = {
    ...pairGateChecks,
    margin: check.belowOne,
    harm: check.belowOne,
    overNoise: check.boolean,
  };
  refuse('toolMismatch()', issuesOf(options, checks));
  const {
    margin = 0.05,
    overNoise = false,
    harm = overNoise ? leastHarm : 0.05,
    ...rest
  } = options;
  const asked = { kind: 'tool-mismatch', role: 'signal', subject: 'tool mismatches' } as const;
  return pairedGate({ ...asked, view, margin, harm, overNoise }, rest);
}
