/**
 * What can be wrong with a trail.
 *
 * - `edited`: what stands there is not what was chained.
 * - `missing`: entries are gone that the next one builds on.
 * - `inserted`: it is in nobody's chain, or takes a place that is taken.
 * - `duplicated`: it stands there a second time.
 * - `reordered`: it stands before entries that it builds on.
 * - `truncated`: the trail ends before what a checkpoint vouches for.
 * - `rewritten`: a checkpoint vouches for another entry at this place.
 * - `unknown-key`: a checkpoint is signed by a key that is not among those trusted.
 * - `retired-key`: a checkpoint is signed by a key that was no longer used by then.
 * - `bad-signature`: a checkpoint is not what its key has signed.
 */
export type TrailProblemKind =
  | 'edited'
  | 'missing'
  | 'inserted'
  | 'duplicated'
  | 'reordered'
  | 'truncated'
  | 'rewritten'
  | 'unknown-key'
  | 'retired-key'
  | 'bad-signature';

/** What is wrong with a trail, and where. */
export interface TrailProblem {
  readonly kind: TrailProblemKind;
  /** The place in the chain, from 0. */
  readonly seq: number;
  /** The line of the file, or the number of the entry as it was given, from 1; absent for checkpoints. */
  readonly line?: number;
  /** The same as a sentence. */
  readonly message: string;
}
