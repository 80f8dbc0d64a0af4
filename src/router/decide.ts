import { attempt, disregard } from '../core/attempt.ts';
import { isThenable } from '../core/call/observation.ts';
import type { Subject } from '../core/call/subject.ts';
import type { UndecidedReason } from '../core/contracts/stats.ts';
import { CutoverError } from '../core/errors.ts';
import type { DecisionReason } from '../core/events/events.ts';
import { isStage, type Plan, type Stage, stageNames, stages } from '../core/stage.ts';
import { keepAliveBy } from '../core/time/clock.ts';
import { nobody } from './call.ts';
import type { Route } from './route/route.ts';

/** What was chosen for a call, and why. Frozen and shared. */
export interface Chosen {
  readonly stage: Stage;
  readonly plan: Plan;
  readonly reason: DecisionReason;
}

const choose = (stage: Stage, reason: DecisionReason, plan = stages[stage]): Chosen =>
  Object.freeze({ stage, plan, reason });

export const noTenant = choose('off', 'no-tenant');
const late = choose('off', 'timeout');
const killed = choose('off', 'killed');
const frozen = choose('complete', 'frozen', Object.freeze({ ...stages.complete, learns: false }));
const forced = new Map(stageNames.map((stage) => [stage, choose(stage, 'forced')]));

/** Chooses the stage of a subject. In order: kill, force, flag. Never throws, never rejects. */
export function decide(route: Route, tenant: string, subject: Subject): Chosen | Promise<Chosen> {
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

const mustGive = `it must give one of ${stageNames.join(', ')}, or undefined, at once`;

function forcedStage(route: Route, subject: Subject): Stage | undefined {
  try {
    const stage = route.force?.(subject);
    if (stage === undefined || isStage(stage)) return stage;
    disregard(stage);
    const given = isThenable(stage) ? 'a promise' : 'no stage';
    throw new CutoverError(
      'ERR_CUTOVER_CONTAINED',
      `The callback force gave ${given}: ${mustGive}.`,
    );
  } catch (error) {
    route.reporter.contained('force', error, { route: route.name });
    return undefined;
  }
}

/**
 * The tenant that a subject names. A number or an object is none: it would not be the same on every replica. Read once,
 * and kept: a subject may be anything, and throws what its getters throw.
 */
export function tenantOf(subject: unknown): string | undefined {
  const { tenant } = (subject ?? nobody) as { readonly tenant?: unknown };
  return typeof tenant === 'string' && tenant !== '' ? tenant : undefined;
}

/** What was decided of a call: whose it is, and its stage. */
export interface CallDecision {
  /** Empty: nobody's. */
  readonly tenant: string;
  readonly subject: Subject;
  readonly chosen: Chosen;
}

/** Counts a call that stays with legacy because nobody could say whose it is. */
export function undecided(route: Route, why: UndecidedReason): CallDecision {
  route.counters.undecided[why] += 1;
  return { tenant: '', subject: nobody, chosen: why === 'timeout' ? late : noTenant };
}

/** Counts a call whose subject names nobody. One that cannot name anybody is a mistake of `identify`, and told. */
export function nobodys(route: Route, subject: unknown): CallDecision {
  const mistake = attempt(() => mistakeOf(subject));
  if (mistake !== undefined) {
    const error = new CutoverError('ERR_CUTOVER_CONTAINED', `The callback identify ${mistake}.`);
    route.reporter.contained('identify', error, { route: route.name });
  }
  return undecided(route, 'noTenant');
}

function mistakeOf(subject: unknown): string | undefined {
  if (typeof subject !== 'object' || subject === null) {
    const what = subject === undefined || subject === null ? 'nothing' : `a ${typeof subject}`;
    return `gave ${what}: it must give { tenant, task }, with the tenant '' where there is none`;
  }
  const { tenant } = subject as { readonly tenant?: unknown };
  return tenant === undefined || tenant === null || typeof tenant === 'string'
    ? undefined
    : `gave a tenant that is no text, but of type ${typeof tenant}: String(id) is one`;
}

/** A kill that came while subject or flag were awaited holds for this call too: its leg has not started. */
export function overruled(route: Route, decision: CallDecision): CallDecision {
  return route.switchboard.killed && decision.tenant !== ''
    ? { ...decision, chosen: killedOrFrozen(route) }
    : decision;
}

/** What is known so far of a call that is being decided. */
interface Wait {
  tenant: string | undefined;
  subject: Subject;
  /** The deadline has passed: whatever comes now is too late to count. */
  over: boolean;
}

/** Awaits the subject and then its flag, within one deadline for both. Never rejects. */
export function decideLater(route: Route, pending: PromiseLike<unknown>): Promise<CallDecision> {
  const wait: Wait = { tenant: undefined, subject: nobody, over: false };
  return withinDeadline(route, wait, identifyAndDecide(route, pending, wait));
}

/** Awaits the flag of a known subject, within the deadline. Never rejects. */
export function awaitFlag(
  route: Route,
  tenant: string,
  subject: Subject,
  flag: Promise<Chosen>,
): Promise<CallDecision> {
  const wait: Wait = { tenant, subject, over: false };
  return withinDeadline(
    route,
    wait,
    flag.then((chosen) => ({ tenant: wait.tenant as string, subject: wait.subject, chosen })),
  );
}

async function withinDeadline(
  route: Route,
  wait: Wait,
  deciding: Promise<CallDecision | undefined>,
): Promise<CallDecision> {
  let timer: unknown;
  const deadline = new Promise<undefined>((resolve) => {
    timer = route.clock.setTimeout(() => resolve(undefined), route.decideTimeoutMs);
    // A caller waits: what hangs may be all that there is, and a process without anything else would end unanswered.
    keepAliveBy(timer);
  });
  const decision = await Promise.race([deciding, deadline]);
  wait.over = true;
  route.clock.clearTimeout(timer);
  const decided = decision ?? decideWithout(route, wait);
  // A flag that never comes keeps what waits for it, and shall keep no call.
  wait.tenant = undefined;
  wait.subject = nobody;
  return decided;
}

async function identifyAndDecide(
  route: Route,
  pending: PromiseLike<unknown>,
  wait: Wait,
): Promise<CallDecision | undefined> {
  let tenant: string | undefined;
  let subject: Subject;
  try {
    subject = (await pending) as Subject;
    tenant = tenantOf(subject);
  } catch (error) {
    route.reporter.contained('identify', error, { route: route.name });
    return wait.over ? undefined : undecided(route, 'identify');
  }
  if (wait.over) return undefined;
  if (tenant === undefined) return nobodys(route, subject);
  wait.tenant = tenant;
  wait.subject = subject;
  return { tenant, subject, chosen: await decide(route, tenant, subject) };
}

/** The flag was late: the last good answer for a known tenant. The subject was late: legacy. */
function decideWithout(route: Route, { tenant, subject }: Wait): CallDecision {
  if (tenant === undefined) return undecided(route, 'timeout');
  route.counters.undecided.flag += 1;
  return { tenant, subject, chosen: route.source.fallback(tenant, subject) };
}
