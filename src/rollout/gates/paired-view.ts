import type { PairRecord } from '../../core/contracts/pair-record.ts';

/**
 * What a pair says of one question. `worse`: the candidate was wrong and legacy was not. `better`: the other way round.
 * `unknown`: it cannot be told. `advised`: it hangs on a judge that nobody has calibrated.
 */
export type PairSay = 'worse' | 'same' | 'better' | 'unknown' | 'advised';

/** One question to pairs. */
export interface PairedView {
  /** The two legs against each other. */
  say(pair: PairRecord): PairSay;
  /** Whether the second reply is off the first, where noise is taken out: of both legs, or of legacy run twice. */
  off(pair: PairRecord): boolean | 'unknown' | 'advised';
}

/** What the ends of both legs say; undefined: both answered. A failure is wrong, never missing. */
export function sayOfEnds({ legacy, candidate }: PairRecord): PairSay | undefined {
  const [before, now] = [legacy.ended === 'answered', candidate.ended === 'answered'];
  if (before && now) return undefined;
  if (before) return 'worse';
  return now ? 'better' : 'same';
}
