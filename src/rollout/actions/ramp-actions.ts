import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { check } from '../../core/option-checks.ts';
import type { RampDecision } from '../decisions/decision.ts';
import { movingOf, previewOf, type StepPreview } from '../decisions/preview.ts';
import { type PersonAction, refuseNameless } from '../person-action.ts';
import { fromCheck } from '../plan/full-plan.ts';
import type { RampCore } from '../ramp-core.ts';
import type { AdvanceAction, SetAction } from '../rollout.ts';
import { RolloutError } from '../rollout-error.ts';
import { factsOf, type RampFactKind } from '../state/facts-of.ts';
import type { Change } from '../state/journal.ts';
import { atStep, begins, draftOf, nextStep, placeBy, type RampDraft } from '../state/ramp-state.ts';
import { makeChange } from './make-change.ts';
import { type ActionName, refuseStatus } from './may-act.ts';

const climbChecks = { force: check.boolean, allowEmpty: check.boolean };
const setChecks = { from: fromCheck, percent: check.percent, force: check.boolean };

/** What people do to the ramp itself. */
export class RampActions {
  readonly #core: RampCore;

  constructor(core: RampCore) {
    this.#core = core;
  }

  /** Takes the next step, by whichever action leads to it from here. */
  async climb(action: 'advance' | 'approve', by: AdvanceAction): Promise<RolloutState> {
    refuseNameless(action, by, climbChecks);
    return this.#make(action, by, async (before) => {
      refuseStatus(action, before);
      const evidence = await this.#allowed(action, before, by);
      const after = this.#next(before);
      const preview = await this.#preview(before, after, by.allowEmpty === true, action);
      const moving = movingOf(preview);
      const overruled = preview.empty && { allowEmpty: true };
      return this.#change('ramp.step', by, before, after, { ...evidence, moving, ...overruled });
    });
  }

  async set(by: SetAction): Promise<RolloutState> {
    refuseNameless('set', by, setChecks);
    const asks = { percent: by.percent, from: by.from };
    return makeChange(this.#core, { action: 'set', by, asks, commutes: false }, async (before) => {
      const { percent = before.percent, from = before.from } = by;
      // Out of a dead legacy there is one way: a frozen ramp that was resumed is frozen again by the next look.
      const isFlight = before.status === 'frozen' && by.force === true && percent > before.percent;
      if (!isFlight) refuseStatus('set', before);
      const { plan } = this.#core;
      const highest = plan.steps[nextStep(plan, before)]?.percent ?? 100;
      const passesOver = percent > highest && percent > before.percent;
      if (passesOver && by.force !== true) {
        const blocker = `the next step is ${highest} %: a step is not passed over`;
        throw new RolloutError('set()', 'refused', [blocker], { current: before });
      }
      if (percent === before.percent && from === before.from) return undefined;
      const { step, policyHash } =
        percent === before.percent ? before : placeBy(plan, { percent, to: before.to });
      const moved = { percent, from, step, policyHash, since: begins(before, this.#core.now()) };
      // What was asked for was asked on other evidence; what stands still goes on by resume() alone.
      const after: RampDraft =
        before.status === 'held' || isFlight
          ? { ...draftOf(before), ...moved, why: before.why ?? by.reason }
          : { ...draftOf(before), ...moved, status: 'ramping' };
      const { readings } = await this.#core.assess(before, { approved: false, automatic: false });
      const moving = movingOf(await previewOf(this.#core, before, after));
      const overruled = (passesOver || isFlight) && { forced: true };
      return this.#change('ramp.set', by, before, after, { readings, moving, ...overruled });
    });
  }

  async hold(by: PersonAction): Promise<RolloutState> {
    refuseNameless('hold', by);
    return this.#make('hold', by, (before) => {
      if (before.status === 'held' && before.actor !== 'system') return undefined;
      if (before.status !== 'held') refuseStatus('hold', before);
      const after: RampDraft = { ...draftOf(before), status: 'held', why: by.reason };
      return this.#change('ramp.held', by, before, after);
    });
  }

  async resume(by: PersonAction): Promise<RolloutState> {
    refuseNameless('resume', by);
    return this.#make('resume', by, (before) => {
      refuseStatus('resume', before);
      return this.#change('ramp.resumed', by, before, this.#resumed(before));
    });
  }

  async preview(step: number | undefined, allowEmpty: boolean): Promise<StepPreview> {
    const { state } = await this.#core.store.rollout(this.#core.name);
    if (state === undefined)
      throw new RolloutError('preview()', 'refused', ['there is no state yet']);
    const to = step ?? nextStep(this.#core.plan, state);
    if (this.#core.plan.steps[to] === undefined) {
      throw new RolloutError('preview()', 'refused', [`the plan has no step ${to}`], {
        current: state,
      });
    }
    const after = atStep(state, this.#core.plan, to, this.#core.now());
    return this.#preview(state, after, allowEmpty, 'preview');
  }

  /** What the machine would do now: it takes no step that moves nobody, and says so. */
  async decided(state: RolloutState, automatic: boolean): Promise<RampDecision> {
    const decision = await this.#core.assess(state, { approved: false, automatic });
    if (decision.does !== 'advance') return decision;
    const { empty, known } = await this.nextStep(state);
    return empty ? { ...decision, does: 'stay', why: nobodyMoves(known) } : decision;
  }

  /** Who would move by the next step. */
  nextStep(state: RolloutState): Promise<StepPreview> {
    return previewOf(this.#core, state, this.#next(state));
  }

  #next(state: RolloutState): RampDraft {
    const { plan, now } = this.#core;
    return atStep(state, plan, nextStep(plan, state), now());
  }

  /** What the machine would say; throws what stands in the way unless it is forced. */
  async #allowed(
    action: 'advance' | 'approve',
    before: RolloutState,
    { force = false }: AdvanceAction,
  ): Promise<object> {
    const { plan } = this.#core;
    const next = plan.steps[nextStep(plan, before)];
    const refusal =
      next === undefined
        ? 'the plan has no further step'
        : next.to === 'complete'
          ? 'the last step is taken by complete()'
          : undefined;
    if (refusal !== undefined) {
      throw new RolloutError(`${action}()`, 'refused', [refusal], { current: before });
    }
    const asking = { approved: action === 'approve', automatic: true };
    const { does, why, readings } = await this.#core.assess(before, asking);
    if (does !== 'advance' && !force) {
      throw new RolloutError(`${action}()`, 'refused', [why], { current: before });
    }
    return does === 'advance' ? { readings } : { readings, forced: true };
  }

  async #preview(
    before: RolloutState,
    after: RampDraft,
    allowEmpty: boolean,
    action: string,
  ): Promise<StepPreview> {
    const preview = await previewOf(this.#core, before, after);
    if (!preview.empty || allowEmpty) return preview;
    const blocker = nobodyMoves(preview.known);
    throw new RolloutError(`${action}()`, 'refused', [blocker], { current: before });
  }

  /** Evidence begins anew: what was held for is not to hold it again at once. */
  #resumed(before: RolloutState): RampDraft {
    const { plan, now } = this.#core;
    if (before.status === 'held' || before.status === 'frozen') {
      return { ...draftOf(before), status: 'ramping', since: begins(before, now()) };
    }
    // A rollback that stopped the learning is over with it; any other one has put tenants where they are to be.
    const from = before.from === 'off' ? plan.from : before.from;
    return { ...atStep(before, plan, 0, now()), from };
  }

  #change(
    kind: RampFactKind,
    { actor, reason }: PersonAction,
    before: RolloutState,
    after: RampDraft,
    evidence: object = {},
  ): Change {
    const changed = { rollout: this.#core.name, at: this.#core.now(), before, after };
    return { draft: after, actor, facts: factsOf(changed, { kind, actor, reason, evidence }) };
  }

  #make(
    action: ActionName,
    by: PersonAction,
    decide: (before: RolloutState) => Change | undefined | Promise<Change | undefined>,
  ): Promise<RolloutState> {
    return makeChange(this.#core, { action, by, commutes: action === 'hold' }, decide);
  }
}

const nobodyMoves = (known: number): string =>
  `none of the ${known} known tenants would move: allowEmpty takes the step all the same`;
