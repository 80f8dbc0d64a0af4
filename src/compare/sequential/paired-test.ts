import { check, issuesOf, refuse, required } from '../../core/option-checks.ts';
import { Bets } from './bets.ts';
import {
  harmfulStretch,
  type LateStart,
  lateDecides,
  lateEvidence,
  startsAfter,
} from './late-bets.ts';
import { areCounts, type PairedCounts, pairsOf } from './paired-counts.ts';

/** What is asked of pairs. */
export interface PairedTestOptions {
  /** Promote when the candidate is shown to be worse by less than this: a difference of rates, 0 to below 1. */
  readonly margin: number;
  /** Roll back when the candidate is shown to be worse by more than this: a difference of rates. @default 0 */
  readonly harm?: number;
  /** Errors that are accepted, looked at as often as one likes: between 0 and 1. */
  readonly alpha?: {
    /** Chance to promote what is worse by `margin` or more. @default 0.05 */
    readonly promote?: number;
    /**
     * Chance to roll back what is worse by `harm` or less. The default rolls back at most 2 of 100 ramps of equal legs within
     * 10,000 pairs (1.6 in 40,000 that were simulated); with 0.05 it is 3.3. @default 0.025
     */
    readonly rollBack?: number;
  };
}

/** All that a test has to know of the past. Plain data: it survives `JSON.stringify`. */
export interface PairedTestState extends PairedCounts {
  /** Pairs at which non-inferiority was shown; absent: not yet. Later pairs do not take it back. */
  readonly passedAt?: number;
  /** Pairs at which harm was shown. */
  readonly failedAt?: number;
  /** The pairs up to there that showed it; absent: all of them. */
  readonly failedOn?: PairedCounts;
  /** Where bets on harm that came late have begun; absent: nowhere yet. */
  readonly starts?: readonly LateStart[];
}

/** What pairs say so far. */
export interface PairedReading {
  /** `fail` beats `pass`: a candidate that passed once may have become worse. */
  readonly outcome: 'pass' | 'fail' | 'hold';
  readonly pairs: number;
  /** Rate of the candidate less that of legacy; undefined without pairs. */
  readonly difference: number | undefined;
  /** Logarithms of the e-values, and of what is enough to decide. */
  readonly promote: { readonly logEvidence: number; readonly enough: number };
  readonly rollBack: { readonly logEvidence: number; readonly enough: number };
  /** The pairs in a row that showed harm; absent: it is not shown, or by all of them. */
  readonly harmful?: { readonly pairs: number; readonly difference: number };
  /** Pairs that are still needed to pass or to fail, about, if it goes on as it went; undefined: never, at this rate. */
  readonly needed: { readonly pass: number | undefined; readonly fail: number | undefined };
}

/** A paired test that stays valid however often one looks. Holds no state of its own. */
export interface PairedTest {
  /** Before any pair. Begin again here at each step, and on any change of policy, model or configuration. */
  start(): PairedTestState;
  /** Adds pairs and looks once, after the last of them. */
  add(state: PairedTestState, pairs: Partial<PairedCounts>): PairedTestState;
  read(state: PairedTestState): PairedReading;
}

const checks = {
  margin: required(check.belowOne),
  harm: check.belowOne,
  alpha: { promote: check.chance, rollBack: check.chance },
};

/**
 * A sequential test of wrong answers, tool mismatches or errors in pairs, for promoting and for rolling back.
 *
 * @throws InvalidOptionsError for a margin, harm or alpha that is no such number.
 */
export function pairedTest(options: PairedTestOptions): PairedTest {
  refuse('a paired test', issuesOf(options, checks));
  const { margin, harm = 0, alpha = {} } = options;
  const promote = Bets.onNoHarm(alpha.promote ?? 0.05, margin);
  const rollBack = Bets.onHarm(alpha.rollBack ?? 0.025, harm);
  return {
    start: () => ({ worse: 0, same: 0, better: 0 }),
    add: (state, pairs) => look(added(state, pairs), promote, rollBack),
    read: (state) => reading(state, promote, rollBack),
  };
}

function added(state: PairedTestState, pairs: Partial<PairedCounts>): PairedTestState {
  const counts = {
    worse: state.worse + (pairs.worse ?? 0),
    same: state.same + (pairs.same ?? 0),
    better: state.better + (pairs.better ?? 0),
  };
  const { passedAt, failedAt, starts } = state;
  const undecided = passedAt === undefined && failedAt === undefined && starts === undefined;
  return undecided ? counts : { ...state, ...counts };
}

function look(state: PairedTestState, promote: Bets, rollBack: Bets): PairedTestState {
  const before = state.starts;
  const passes = state.passedAt === undefined && promote.decides(state);
  const fails = state.failedAt === undefined && lateDecides(rollBack, state, before);
  const starts = state.failedAt === undefined ? startsAfter(state, before) : before;
  if (!(passes || fails || starts !== before) || !areCounts(state)) return state;
  const pairs = pairsOf(state);
  const failedOn = fails ? harmfulStretch(rollBack, state, before) : undefined;
  return {
    ...state,
    ...(failedOn && { failedOn }),
    ...(passes ? { passedAt: pairs } : undefined),
    ...(fails ? { failedAt: pairs } : undefined),
    ...(starts !== undefined && { starts }),
  };
}

function outcomeOf({ failedAt, passedAt }: PairedTestState): PairedReading['outcome'] {
  if (failedAt !== undefined) return 'fail';
  return passedAt === undefined ? 'hold' : 'pass';
}

/** At least one: the bet on all pairs alone may have won enough, of which it has but a part of the stake. */
function neededToFail(rollBack: Bets, counts: PairedCounts): number | undefined {
  const needed = rollBack.pairsNeeded(counts);
  return needed === undefined ? undefined : Math.max(1, needed);
}

const differenceOf = (counts: PairedCounts): number =>
  (counts.worse - counts.better) / pairsOf(counts);

function reading(state: PairedTestState, promote: Bets, rollBack: Bets): PairedReading {
  // What is no count is no evidence.
  const counts = areCounts(state) ? state : { worse: 0, same: 0, better: 0 };
  const pairs = pairsOf(counts);
  const outcome = outcomeOf(state);
  return {
    outcome,
    pairs,
    difference: pairs === 0 ? undefined : differenceOf(counts),
    ...(state.failedOn && {
      harmful: { pairs: pairsOf(state.failedOn), difference: differenceOf(state.failedOn) },
    }),
    promote: { logEvidence: promote.logEvidence(counts), enough: promote.enough },
    rollBack: {
      logEvidence: lateEvidence(rollBack, counts, counts === state ? state.starts : []),
      enough: rollBack.enough,
    },
    needed: {
      pass: state.passedAt === undefined ? promote.pairsNeeded(counts) : 0,
      fail: state.failedAt === undefined ? neededToFail(rollBack, counts) : 0,
    },
  };
}
