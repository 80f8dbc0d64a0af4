import type { AuditFact } from '../../core/contracts/audit-entry.ts';
import { stages } from '../../core/stage.ts';
import type { RampDraft } from './ramp-state.ts';

/** The words by which the trail of a rollout says what happened. */
export type RampFactKind =
  | 'rollout.created'
  | 'plan.changed'
  | 'ramp.step'
  | 'ramp.set'
  | 'ramp.held'
  | 'ramp.paused'
  | 'ramp.resumed'
  | 'ramp.awaiting-approval'
  | 'ramp.approval-withdrawn'
  | 'ramp.frozen'
  | 'rollback'
  | 'kill'
  | 'revive'
  | 'legacy.gone'
  | 'legacy.back'
  | 'override'
  | 'attestation'
  | 'complete';

/** What happened, as whoever did it tells it. */
export interface Told {
  readonly kind: RampFactKind;
  readonly actor: string;
  readonly reason: string;
  readonly tenant?: string;
  readonly evidence?: object;
}

/** A change of state to be put into words. `before` undefined: there was none. */
export interface Changed {
  readonly rollout: string;
  readonly at: number;
  readonly before: RampDraft | undefined;
  readonly after: RampDraft;
}

/** A state as the trail holds it: without anybody's name, and with the salt, by which each tenant's place can be told. */
export function inBrief(state: RampDraft): Readonly<Record<string, string | number>> {
  const { from, to, percent, step, status, since, policyHash, salt, overrides } = state;
  const number = Object.keys(overrides).length;
  return { from, to, percent, step, status, since, policyHash, salt, overrides: number };
}

const learns = (state: RampDraft | undefined): boolean =>
  state !== undefined && stages[state.from].learns && state.status !== 'complete';

const compares = (state: RampDraft | undefined): boolean =>
  state !== undefined && stages[state.from].mirrors === 'candidate' && state.status !== 'complete';

/** The stages of the migration guide that a change begins or ends, each an entry of its own. */
const guide: readonly {
  readonly kind: string;
  readonly holds: (before: RampDraft | undefined, after: RampDraft) => boolean;
}[] = [
  { kind: 'dualwrite.on', holds: (before, after) => !learns(before) && learns(after) },
  { kind: 'compare.on', holds: (before, after) => !compares(before) && compares(after) },
  { kind: 'compare.off', holds: (before, after) => compares(before) && !compares(after) },
  { kind: 'shadow-writes.stopped', holds: (before, after) => learns(before) && !learns(after) },
  {
    kind: 'threads.stopped',
    holds: (before, after) => before?.status !== 'complete' && after.status === 'complete',
  },
];

/** A fact of a rollout, alone. */
export function factOf(rollout: string, at: number, told: Told): AuditFact {
  const { kind, actor, reason, tenant, evidence } = told;
  return {
    kind,
    at,
    rollout,
    actor,
    reason,
    ...(tenant === undefined ? {} : { tenant }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** The facts of a change: what was done, and what stages of the guide begin and end by it. */
export function factsOf({ rollout, at, before, after }: Changed, told: Told): AuditFact[] {
  const { actor, reason } = told;
  const done: AuditFact = {
    ...factOf(rollout, at, told),
    ...(before === undefined ? {} : { before: inBrief(before) }),
    after: inBrief(after),
  };
  const passed = guide.filter(({ holds }) => holds(before, after));
  return [done, ...passed.map(({ kind }) => ({ kind, at, rollout, actor, reason }))];
}
