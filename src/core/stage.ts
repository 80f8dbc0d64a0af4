/** One of the two implementations behind a route. Both names stay true after the flip. */
export type Leg = 'legacy' | 'candidate';

/** Where a tenant stands in the migration. */
export type Stage = 'off' | 'dualwrite' | 'shadow' | 'live' | 'rampdown' | 'complete';

/** What a stage means for one call. */
export interface Plan {
  /** The leg that answers the user. */
  readonly serves: Leg;
  /** The leg that also runs off the user's path, to be compared and thrown away. */
  readonly mirrors: Leg | undefined;
  /** Whether the served exchange is learned. */
  readonly learns: boolean;
  /** Whether legacy answers when the candidate fails. */
  readonly fallback: boolean;
}

// A null prototype: a flag that answers "constructor" or "__proto__" must find nothing here.
const table: Record<Stage, Plan> = Object.assign(Object.create(null), {
  off: { serves: 'legacy', mirrors: undefined, learns: false, fallback: false },
  dualwrite: { serves: 'legacy', mirrors: undefined, learns: true, fallback: false },
  shadow: { serves: 'legacy', mirrors: 'candidate', learns: true, fallback: false },
  live: { serves: 'candidate', mirrors: 'legacy', learns: true, fallback: true },
  rampdown: { serves: 'candidate', mirrors: undefined, learns: true, fallback: true },
  complete: { serves: 'candidate', mirrors: undefined, learns: true, fallback: false },
});

/** The stage table: the whole routing policy, a row a stage. */
export const stages: Readonly<Record<Stage, Plan>> = Object.freeze(table);

/** The stages in the order in which a migration passes through them. */
export const stageNames = Object.freeze(Object.keys(table) as Stage[]);

/** Whether a value, from a flag system say, names a stage. */
export function isStage(value: unknown): value is Stage {
  return typeof value === 'string' && stages[value as Stage] !== undefined;
}
