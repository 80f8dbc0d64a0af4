import type { AuditFact } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { check, refuse } from '../../core/option-checks.ts';
import { inPieces, nextTurn } from '../../core/pieces.ts';
import { isStage, type Stage, stages } from '../../core/stage.ts';
import { type PersonAction, refuseNameless } from '../person-action.ts';
import type { RampCore } from '../ramp-core.ts';
import { type Changed, factOf, factsOf, type Told } from '../state/facts-of.ts';
import { withOverrides } from '../state/ramp-state.ts';
import { makeChange } from './make-change.ts';
import { refuseStatus } from './may-act.ts';

/** Tenants of one action: the state, which names them, is read by every replica. */
const mostTenants = 100_000;

/** Names in one entry of the trail, whose line has room for some 15,000. */
const namesOfEntry = 10_000;

/** Names that are made in one turn of the event loop. */
const namesAtOnce = 500;

/** Whom an action moves, and where to. */
interface Move {
  readonly action: string;
  readonly tenants: readonly string[];
  /** Undefined: back into the ramp. */
  readonly stageIn: (state: RolloutState) => Stage | undefined;
  readonly cohort?: string;
  /** What was asked for beside the tenants. */
  readonly asks?: object;
}

/** What people do to single tenants and to groups of them. */
export class TenantActions {
  readonly #core: RampCore;

  constructor(core: RampCore) {
    this.#core = core;
  }

  override(tenant: string, stage: Stage | undefined, by: PersonAction): Promise<RolloutState> {
    const move = { action: 'override', tenants: [tenant], stageIn: () => stage, asks: { stage } };
    return this.#move(move, by);
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
    const its = { tenants: tenants ?? [], stageIn: () => stage, cohort: name, asks: { stage } };
    const move = { action: 'cohort', ...its };
    return this.#move(move, by);
  }

  async #move(
    { action, tenants, stageIn, cohort, asks }: Move,
    by: PersonAction,
  ): Promise<RolloutState> {
    refuseNameless(action, by);
    refuse(`rollout.${action}()`, issuesOfNames(tenants));
    refuse(`rollout.${action}()`, tenants.length > mostTenants ? [tooMany(tenants.length)] : []);
    const { name: rollout, now } = this.#core;
    const names = await this.#namesOf(tenants);
    const order = { action, by, asks: { names, ...asks }, commutes: true };
    return makeChange(this.#core, order, async (before) => {
      const stage = stageIn(before);
      const isPlace = stage === undefined || isStage(stage);
      refuse(`rollout.${action}()`, isPlace ? [] : ['stage must name a stage, or be undefined']);
      const forward = stage !== undefined && stages[stage].serves === 'candidate';
      refuseStatus(forward ? 'allow' : 'deny', before);
      if (tenants.every((tenant) => ownOf(before, tenant) === stage)) return undefined;
      const overrides = withOverrides(before.overrides, tenants, stage);
      await othersTurn(tenants);
      const { version: _, actor: _a, ...rest } = before;
      const after = { ...rest, overrides };
      const changed = { rollout, at: now(), before, after };
      const facts = overrideFacts(changed, by, names, {
        stage: stage ?? 'ramp',
        ...(cohort ? { cohort } : {}),
      });
      await othersTurn(tenants);
      return { draft: after, actor: by.actor, facts };
    });
  }

  /** The names of the trail, made with turns for others in between: it takes some microseconds each. */
  async #namesOf(tenants: readonly string[]): Promise<string[]> {
    const names: string[] = [];
    await inPieces(tenants, namesAtOnce, async (piece) => {
      names.push(...(await Promise.all(piece.map((each) => this.#core.pseudonyms.of(each)))));
    });
    return names;
  }
}

/** Between two parts of the work on many tenants, each of which takes tens of milliseconds. */
async function othersTurn({ length }: readonly string[]): Promise<void> {
  if (length > namesAtOnce) await nextTurn();
}

/** What happened, as one entry of the trail, or as many as its names need. */
function overrideFacts(
  changed: Changed,
  { actor, reason }: PersonAction,
  names: readonly string[],
  said: object,
): AuditFact[] {
  const parts = Math.max(1, Math.ceil(names.length / namesOfEntry));
  const told = Array.from({ length: parts }, (_, at): Told => {
    const tenants = names.slice(at * namesOfEntry, (at + 1) * namesOfEntry);
    const part = parts === 1 ? {} : { part: at + 1, parts };
    const [tenant] = names.length === 1 ? names : [];
    return {
      ...{ kind: 'override', actor, reason, evidence: { ...said, tenants, ...part } },
      ...(tenant === undefined ? {} : { tenant }),
    };
  });
  const [first, ...rest] = told as [Told, ...Told[]];
  const { rollout, at } = changed;
  return [...factsOf(changed, first), ...rest.map((more) => factOf(rollout, at, more))];
}

function issuesOfNames(tenants: unknown): string[] {
  if (!Array.isArray(tenants))
    return [`tenants must be a list of names, not of type ${typeof tenants}`];
  return tenants.every(check.text.test) ? [] : ['every tenant must be a string that is not empty'];
}

const tooMany = (tenants: number): string =>
  `${tenants} tenants are too many: ${mostTenants} can be moved at once; move the others by another call, or everybody by the percentage`;

function ownOf({ overrides }: RolloutState, tenant: string): Stage | undefined {
  return Object.hasOwn(overrides, tenant) ? overrides[tenant] : undefined;
}
