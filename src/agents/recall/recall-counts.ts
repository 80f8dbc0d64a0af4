/**
 * How a recall ended: patterns, none, an error, its deadline; or it was not asked for: the message says nothing, or there is
 * no scope to ask.
 */
export type RecallOutcome = 'found' | 'nothing' | 'failed' | 'late' | 'blank' | 'noScope';

/** How often recalls ended in which way. All but `found` leave the instructions as they are. */
export type RecallCounts = Readonly<Record<RecallOutcome, number>>;

/** Counts that begin at zero. */
export const noRecalls = (): Record<RecallOutcome, number> => ({
  found: 0,
  nothing: 0,
  failed: 0,
  late: 0,
  blank: 0,
  noScope: 0,
});
