import { check, refuse } from '../core/option-checks.ts';
import type { RolloutState } from '../core/rollout-state.ts';
import { isStage, type Stage, stages } from '../core/stage.ts';
import { factsOf } from './facts-of.ts';
import { refuseStatus } from './may-act.ts';
import { type PersonAction, refuseNameless } from './person-action.ts';
import { makeChange } from './ramp-actions.ts';
import type { RampCore } from './ramp-core.ts';
import { withOverrides } from './ramp-state.ts';

/** Whom an action moves, and where to. */
interface Move {
  readonly action: string;
  readonly tenants: readonly string[];
  /** Undefined: back into the ramp. */
  readonly stageIn: (state: RolloutState) => Stage | undefined;
  readonly cohort?: string;
}

/** What people do to single tenants and to groups of them. */
export class TenantActions {
  readonly #core: RampCore;

  constructor(core: RampCore) {
    this.#core = core;
  }

  override(tenant: string, stage: Stage | undefined, by: PersonAction): Promise<RolloutState> {
    return this.#move({ action: 'override', tenants: [tenant], stageIn: () => stage }, by);
  }

  allow(tenants: readonly string[], by: PersonAction): Promise<RolloutState> {
    return this.#move({ action: 'allow', tenants, stageIn: ({ to }) => to }, by);
  }

  deny(tenants: readonly string[], by: PersonAction): Promise<RolloutState> {
    return this.#move({ action: 'deny', tenants, stageIn: ({ from }) => from }, by);
  }

  async cohort(name: string, stage: Stage | undefined, by: PersonAction): Promise<RolloutState> {
    const { cohorts = {} } = this.#core.options;
    const tenants = Object.hasOwn(cohorts, name) ? cohorts[name] : undefined;
    refuse('rollout.cohort()', tenants === undefined ? [`there is no cohort "${name}"`] : []);
    const move = { action: 'cohort', tenants: tenants ?? [], stageIn: () => stage, cohort: name };
    return this.#move(move, by);
  }

  async #move({ action, tenants, stageIn, cohort }: Move, by: PersonAction): Promise<RolloutState> {
    refuseNameless(action, by);
    const wrong = !Array.isArray(tenants) || !tenants.every(check.text.test);
    refuse(`rollout.${action}()`, wrong ? ['every tenant must be a string that is not empty'] : []);
    const { name: rollout, pseudonyms, now } = this.#core;
    const names = await Promise.all(tenants.map((tenant) => pseudonyms.of(tenant)));
    return makeChange(this.#core, { action, by, commutes: true }, (before) => {
      const stage = stageIn(before);
      refuse(`rollout.${action}()`, isStage(stage ?? 'off') ? [] : ['stage must name a stage']);
      const forward = stage !== undefined && stages[stage].serves === 'candidate';
      refuseStatus(forward ? 'allow' : 'deny', before);
      if (tenants.every((tenant) => ownOf(before, tenant) === stage)) return undefined;
      const overrides = withOverrides(before.overrides, tenants, stage);
      const { version: _, actor: _a, ...rest } = before;
      const after = { ...rest, overrides };
      const told = {
        kind: 'override',
        actor: by.actor,
        reason: by.reason,
        evidence: { stage: stage ?? 'ramp', tenants: names, ...(cohort ? { cohort } : {}) },
        ...(names.length === 1 ? { tenant: names[0] as string } : {}),
      } as const;
      const changed = { rollout, at: now(), before, after };
      return { draft: after, actor: by.actor, facts: factsOf(changed, told) };
    });
  }
}

function ownOf({ overrides }: RolloutState, tenant: string): Stage | undefined {
  return Object.hasOwn(overrides, tenant) ? overrides[tenant] : undefined;
}
