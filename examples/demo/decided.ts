import { type Cutover, stages } from 'engramia-cutover';
import type { Ramp } from './ramp.ts';

/** What the cutover has decided for the users' calls, one after the other. */
export interface Decided {
  readonly calls: number;
  /** Calls that were to be learned, mirrored, and served by the candidate. */
  readonly learned: number;
  readonly mirrored: number;
  readonly candidate: number;
  /** Calls of tenants that the candidate had served before, without a rollback or a kill in between. */
  readonly wentBack: number;
}

/** Counts decisions of a route as they are told. */
export function countDecided(cutover: Cutover, route: string, ramp: Ramp): Decided {
  const counts = { calls: 0, learned: 0, mirrored: 0, candidate: 0, wentBack: 0 };
  let moved = { climb: 0, tenants: new Set<string>() };
  cutover.on('decided', ({ route: of, tenant, stage, leg, reason }) => {
    if (of !== route) return;
    counts.calls += 1;
    if (reason === 'killed') return;
    const climb = ramp.climb();
    if (climb !== moved.climb) moved = { climb, tenants: new Set() };
    const { learns, mirrors } = stages[stage];
    if (learns) counts.learned += 1;
    if (mirrors === 'candidate') counts.mirrored += 1;
    if (leg === 'candidate') {
      counts.candidate += 1;
      moved.tenants.add(tenant);
    } else if (moved.tenants.has(tenant)) counts.wentBack += 1;
  });
  return counts;
}
