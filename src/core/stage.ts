/** One of the two implementations behind a route. Both names stay true after the flip. */
export type Leg = 'legacy' | 'candidate';

/** Where a tenant stands in the migration. */
export type Stage = 'off' | 'dualwrite' | 'shadow' | 'live' | 'rampdown' | 'complete';

/** What a stage means for one call. */
export interface Plan {
  /** Position in the migration, from 0. */
  readonly order: number;
  /** The leg that answers the user. */
  readonly serves: Leg;
  /** The leg that also runs off the user's path, to be compared and thrown away. */
  readonly mirrors: Leg | undefined;
  /** Whether the served exchange is learned. */
  readonly learns: boolean;
  /** Whether legacy answers when the candidate fails. */
  readonly fallback: boolean;
}

const rows: Record<Stage, Plan> = {
  off: { order: 0, serves: 'legacy', mirrors: undefined, learns: false, fallback: false },
  dualwrite: { order: 1, serves: 'legacy', mirrors: undefined, learns: true, fallback: false },
  shadow: { order: 2, serves: 'legacy', mirrors: 'candidate', learns: true, fallback: false },
  live: { order: 3, serves: 'candidate', mirrors: 'legacy', learns: true, fallback: true },
  rampdown: { order: 4, serves: 'candidate', mirrors: undefined, learns: true, fallback: true },
  complete: { order: 5, serves: 'candidate', mirrors: undefined, learns: true, fallback: false },
};

/** The stage table: the whole routing policy, a row a stage. */
// A null prototype: a flag that answers "constructor" or "__proto__" must find nothing here.
export const stages: Readonly<Record<Stage, Plan>> = Object.freeze(
  Object.assign(Object.create(null), rows),
);

/** The stages in the order in which a migration passes through them. */
export const stageNames = Object.freeze(Object.keys(rows) as Stage[]);

/** Whether a value, from a flag system say, names a stage. */
export function isStage(value: unknown): value is Stage {
  return typeof value === 'string' && stages[value as Stage] !== undefined;
}
