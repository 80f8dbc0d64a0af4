import type { Leg, Plan } from '../../core/stage.ts';
import type { Route } from './route.ts';

/** The leg that a plan runs in the shadow; undefined: none, also where it may not be run there. */
export const mirroredLeg = ({ mirrors }: Pick<Route, 'mirrors'>, plan: Plan): Leg | undefined =>
  plan.mirrors !== undefined && mirrors[plan.mirrors] ? plan.mirrors : undefined;
