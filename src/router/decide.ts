import { isStage, type Plan, type Stage, stageNames, stages } from '../core/stage.ts';
import type { StageReason } from '../core/stage-source.ts';
import type { Subject } from '../core/subject.ts';
import { nobody } from './call.ts';
import type { Route } from './route.ts';
import type { UndecidedReason } from './route-counters.ts';

/** What was chosen for a call, and why. Frozen and shared. */
export interface Chosen {
  readonly stage: Stage;
  readonly plan: Plan;
  readonly reason: StageReason | 'forced' | 'killed' | 'frozen' | 'no-tenant' | 'timeout';
}

const choose = (stage: Stage, reason: Chosen['reason'], plan = stages[stage]): Chosen =>
  Object.freeze({ stage, plan, reason });

const noTenant = choose('off', 'no-tenant');
const late = choose('off', 'timeout');
const killed = choose('off', 'killed');
const frozen = choose('complete', 'frozen', Object.freeze({ ...stages.complete, learns: false }));
const forced = new Map(stageNames.map((stage) => [stage, choose(stage, 'forced')]));

/** Chooses the stage of a subject. In order: no tenant, kill, force, flag. Never throws, never rejects. */
export function decide(route: Route, subject: Subject): Chosen | Promise<Chosen> {
  const tenant = subject.tenant as string;
  if (route.switchboard.killed) return killedOrFrozen(route);
  if (route.force !== undefined) {
    const stage = forcedStage(route, subject);
    if (stage !== undefined) return forced.get(stage) as Chosen;
  }
  return route.source.resolve(tenant, subject);
}

/** A kill whose target is dead would only break more: the candidate goes on answering, without a shadow. */
function killedOrFrozen(route: Route): Chosen {
  const { state } = route.switchboard;
  return route.legacyGone && state.kind === 'killed' && !state.force ? frozen : killed;
}

function forcedStage(route: Route, subject: Subject): Stage | undefined {
  try {
    const stage = route.force?.(subject);
    if (stage === undefined || isStage(stage)) return stage;
    throw new TypeError(`force() answered ${JSON.stringify(stage)}, which is not a stage`);
  } catch (error) {
    route.reporter.contained('force', error, { route: route.name });
    return undefined;
  }
}

/** Whether a subject names a tenant. A number or an object is not one: it would not be the same on every replica. */
export function hasTenant(subject: Subject | undefined): subject is Subject {
  return typeof subject?.tenant === 'string' && subject.tenant !== '';
}

/** The result of a call whose subject or flag has to be awaited. */
export interface LateDecision {
  readonly subject: Subject;
  readonly chosen: Chosen;
}

/** Counts a call that stays with legacy because nobody could say whose it is. */
export function undecided(route: Route, why: UndecidedReason): LateDecision {
  route.counters.undecided[why] += 1;
  return why === 'timeout'
    ? { subject: nobody, chosen: late }
    : { subject: nobody, chosen: noTenant };
}

/** Awaits the subject, or the flag of a known subject, within one deadline for both. Never rejects. */
export async function decideLater(
  route: Route,
  subject: Subject | PromiseLike<Subject>,
  chosen?: Promise<Chosen>,
): Promise<LateDecision> {
  const wait: Wait = { subject: chosen && (subject as Subject), over: false };
  const deciding =
    chosen?.then((answer) => ({ subject: subject as Subject, chosen: answer })) ??
    identifyAndDecide(route, subject, wait);
  let timer: unknown;
  const deadline = new Promise<undefined>((resolve) => {
    timer = route.clock.setTimeout(() => resolve(undefined), route.decideTimeoutMs);
  });
  const decision = await Promise.race([deciding, deadline]);
  wait.over = true;
  route.clock.clearTimeout(timer);
  const settled = decision ?? decideWithout(route, wait.subject);
  // A kill that came while the flag was asked holds for this call too: its leg has not started.
  return route.switchboard.killed && settled.subject !== nobody
    ? { subject: settled.subject, chosen: killedOrFrozen(route) }
    : settled;
}

/** What is known so far of a call that is being decided. */
interface Wait {
  subject: Subject | undefined;
  /** The deadline has passed: whatever comes now is too late to count. */
  over: boolean;
}

async function identifyAndDecide(
  route: Route,
  pending: Subject | PromiseLike<Subject>,
  wait: Wait,
): Promise<LateDecision | undefined> {
  let subject: Subject | undefined;
  try {
    subject = await pending;
  } catch (error) {
    route.reporter.contained('identify', error, { route: route.name });
    return wait.over ? undefined : undecided(route, 'identify');
  }
  if (wait.over) return undefined;
  if (!hasTenant(subject)) return undecided(route, 'noTenant');
  wait.subject = subject;
  return { subject, chosen: await decide(route, subject) };
}

/** The flag was late: the last good answer for a known tenant. The subject was late: legacy. */
function decideWithout(route: Route, subject: Subject | undefined): LateDecision {
  if (subject === undefined) return undecided(route, 'timeout');
  route.counters.undecided.flag += 1;
  return { subject, chosen: route.source.fallback(subject.tenant as string, subject) };
}
