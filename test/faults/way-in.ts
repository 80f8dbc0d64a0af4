import type { CutoverControls, CutoverOptions, Stage } from 'engramia-cutover';

/** All that came back of one call: over HTTP the bytes, of a function the very value or error. */
export interface Outcome {
  readonly status: 'fulfilled' | 'rejected' | 'closed';
  readonly value: unknown;
}

/** One kind of reply, in one way in. */
export interface Kind {
  readonly name: string;
  /** False: a candidate cannot answer so. Where it serves, it fails, and legacy answers in its place. */
  readonly byCandidate: boolean;
}

/** An app with all kinds of reply, bare or behind a cutover. */
export interface Site extends AsyncDisposable {
  ask(kind: Kind): Promise<Outcome>;
  /** Undefined: bare. */
  readonly cutover: CutoverControls | undefined;
}

/** A way in which calls reach a cutover. */
export interface WayIn {
  readonly name: string;
  readonly kinds: readonly Kind[];
  open(options: CutoverOptions | undefined): Promise<Site>;
}

/** Stages in which the candidate answers, and whether legacy answers when it fails. */
const servedByCandidate: Partial<Record<Stage, 'with fallback' | 'alone'>> = {
  live: 'with fallback',
  rampdown: 'with fallback',
  complete: 'alone',
};

/** Whether the bare app answers a kind as a stage must. */
export function isComparable(stage: Stage, { byCandidate }: Kind): boolean {
  return byCandidate || servedByCandidate[stage] !== 'alone';
}
