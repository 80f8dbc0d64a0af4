import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { Store } from '../../core/contracts/store.ts';
import { inPieces } from '../../core/pieces.ts';
import { stages } from '../../core/stage.ts';
import { dayOf } from '../../core/time/day.ts';
import { hourMs } from '../../core/time/spans.ts';
import { saysDead } from '../decisions/decide-ramp.ts';
import type { GateReading } from '../gates/gate.ts';
import type { FullPlan } from '../plan/full-plan.ts';
import { phaseBegan } from '../state/ramp-state.ts';
import type { Elsewhere } from './elsewhere.ts';
import { mayAct } from './may-act.ts';

/** Rows of traffic that are looked at in one turn of the event loop: there is one of each tenant and day. */
const rowsAtOnce = 2_000;

/** What completing is decided on. */
export interface CompletionFacts {
  readonly state: RolloutState;
  readonly at: number;
  /** When everybody was moved; undefined: not everybody is. */
  readonly fullSince: number | undefined;
  /** Calls in the plan's time. */
  readonly served: ServedSince;
  /** Exchanges that this process, or the app's own outbox, has not learned yet; undefined: the outbox does not tell. */
  readonly outbox: number | undefined;
  readonly elsewhere: Elsewhere;
  /** Whether what waits may be learned after the end. */
  readonly mayWait: boolean;
  readonly readings: readonly GateReading[];
}

/** What was counted since a moment. */
export interface ServedSince {
  /** Calls of any leg. */
  readonly calls: number;
  /** Those that reached legacy, once everybody was moved: also by replicas that have not heard of it. */
  readonly legacyCalls: number;
}

/** Counts the calls of a rollout since a moment. */
export async function servedSince(
  store: Store,
  rollout: string,
  window: { readonly from: number; readonly fullSince: number },
): Promise<ServedSince> {
  const rows = await store.traffic({ from: dayOf(window.from) });
  const fullDay = dayOf(window.fullSince);
  const served = { calls: 0, legacyCalls: 0 };
  await inPieces(rows, rowsAtOnce, async (piece) => {
    for (const { phase, day, leg, counts } of piece) {
      const began = phaseBegan(rollout, phase);
      if (began === undefined) continue;
      served.calls += counts.calls ?? 0;
      // On that very day, calls of earlier steps were right to reach legacy; counts tell days only.
      if (began < window.fullSince && day <= fullDay) continue;
      served.legacyCalls += (leg === 'legacy' ? counts.calls : counts.fallbacks) ?? 0;
    }
  });
  return served;
}

function servedBlocker({ fullSince, served }: CompletionFacts, plan: FullPlan): string {
  const { calls, legacyCalls } = served;
  if (legacyCalls > 0) return `${legacyCalls} calls have reached legacy in that time`;
  // Nobody who counts nothing can know that nothing has reached legacy.
  if (fullSince === undefined || plan.completeAfterMs === 0 || calls > 0) return '';
  return 'no call was counted in that time: follow() has to count them';
}

function waitingBlockers({ mayWait, outbox, elsewhere }: CompletionFacts): readonly string[] {
  if (mayWait) return [];
  const waiting = outbox === 0 ? '' : `${outbox} exchanges wait to be learned`;
  const unknown = 'outbox() does not tell how many exchanges wait: it must answer a number';
  return [outbox === undefined ? unknown : waiting, ...elsewhere.blockers];
}

function heldBlocker({ at, fullSince: since }: CompletionFacts, plan: FullPlan): string {
  if (since === undefined) return 'not everybody is with the candidate';
  const left = since + plan.completeAfterMs - at;
  if (left <= 0) return '';
  return `100 % has to be held for another ${Math.ceil((left / hourMs) * 10) / 10} h`;
}

/** Everything that stands in the way of completing, a sentence each. */
export function completionBlockers(facts: CompletionFacts, plan: FullPlan): string[] {
  const { state, readings } = facts;
  const dry = new Set(plan.gates.filter(({ dryRun }) => dryRun).map(({ name }) => name));
  const behind = Object.values(state.overrides).filter(
    (stage) => stages[stage].serves === 'legacy',
  ).length;
  return [
    mayAct('complete', state.status) ? '' : `the ramp is ${state.status}`,
    heldBlocker(facts, plan),
    behind === 0 ? '' : `${behind} tenants are kept with legacy by overrides`,
    servedBlocker(facts, plan),
    ...waitingBlockers(facts),
    ...readings
      // Pairs of tenants that legacy serves have run dry: they had their say before 100 %. A dead legacy is what the end is for.
      .filter(
        (reading) =>
          reading.source !== 'pairs' &&
          reading.outcome !== 'pass' &&
          !dry.has(reading.gate) &&
          !saysDead(reading),
      )
      .map(({ gate, outcome, says }) => {
        const sentence = says.startsWith(`${outcome}:`) ? says : `${outcome}: ${says}`;
        return `the gate ${gate} says ${sentence}`;
      }),
  ].filter((blocker) => blocker !== '');
}
