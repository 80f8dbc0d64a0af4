import type { LearnOutcome } from '../../core/contracts/learner.ts';
import { isCutoverError } from '../../core/errors.ts';
import type { RunHandle, RunResult } from '../work.ts';
import type { DeliveryContext } from './delivery-context.ts';
import type { LearnTask } from './learn-task.ts';
import { isRateLimited } from './rate-limited.ts';

type Rule<K extends LearnOutcome['kind']> = (
  task: LearnTask,
  outcome: Extract<LearnOutcome, { kind: K }>,
  handle: RunHandle,
) => RunResult | Promise<RunResult>;

/** The delivery policy: what follows from each way in which an attempt can end. */
const policy: { readonly [K in LearnOutcome['kind']]: Rule<K> } = {
  stored: (task) => worked(task, 'stored'),
  // After an ambiguous attempt it is most likely our own: learned all the same.
  present: (task) => worked(task, 'deduplicated'),
  perhaps: confirm,
  later: tryLater,
  quota: (task) => {
    task.scope.within.answered();
    task.scope.full();
    return giveUp(task);
  },
  unauthorized: (task) => {
    task.scope.within.answered();
    return task.scope.unauthorized() ? 'again' : giveUp(task);
  },
  refused: (task) => {
    task.scope.within.answered();
    task.channel.askAgain();
    return giveUp(task);
  },
  aborted: (task) => {
    task.scope.within.abandoned();
    return task.doubts > 0 ? 'unknown' : 'aborted';
  },
};

/** Sends a lesson once and does what the policy says. */
export async function deliver(
  task: LearnTask,
  handle: RunHandle,
  context: DeliveryContext,
): Promise<RunResult> {
  const { lesson, scope, target, channel } = task;
  if (!channel.takes(task.isProbe)) return giveUp(task);
  if (task.attempts === 0) {
    task.sentAt = context.clock.now();
    scope.within.retries.earn();
  }
  task.attempts++;
  task.isOnItsWay = true;
  scope.within.sent();
  const outcome = await target.learn(lesson, handle);
  if (handle.over) return 'unknown';
  task.isOnItsWay = false;
  task.error = 'error' in outcome ? outcome.error : undefined;
  const result = apply(outcome.kind, task, outcome, handle);
  if (task.error !== undefined) context.tellFailure(task);
  return result;
}

function apply<K extends LearnOutcome['kind']>(
  kind: K,
  task: LearnTask,
  outcome: LearnOutcome,
  handle: RunHandle,
): RunResult | Promise<RunResult> {
  const rule: Rule<K> = policy[kind];
  return rule(task, outcome as Extract<LearnOutcome, { kind: K }>, handle);
}

function worked(task: LearnTask, outcome: 'stored' | 'deduplicated'): RunResult {
  task.scope.within.answered();
  task.scope.within.worked();
  task.channel.worked();
  return outcome;
}

/** Perhaps stored: the service is asked; if it does not tell so, the answer to one later, serial retry does. */
async function confirm(task: LearnTask, _: unknown, handle: RunHandle): Promise<RunResult> {
  const { scope, target, lesson } = task;
  const address = scope.within;
  const isProbing = address.isProbing;
  address.failed();
  if (await target.wasStored(lesson, task.sentAt, handle)) return 'stored';
  task.doubts++;
  if (task.doubts > 1 || !(isProbing || address.retries.spend())) return giveUp(task);
  address.backOff();
  return 'again';
}

/** Certainly not stored: the address is left alone for as long as it asks, or for a while. */
function tryLater(
  task: LearnTask,
  { afterMs, error }: Extract<LearnOutcome, { kind: 'later' }>,
): RunResult {
  const address = task.scope.within;
  if (isCutoverError(error) && error.code === 'ERR_ENGRAMIA_PACED') {
    // Our own pacer; nothing was sent.
    address.abandoned();
    task.attempts--;
    address.hold(afterMs ?? 0);
    return 'again';
  }
  const isProbing = address.isProbing;
  if (afterMs === undefined) {
    address.failed();
    address.backOff();
  } else {
    address.answered();
    address.pause(afterMs);
  }
  const isFree = isProbing || isRateLimited(error);
  return isFree || address.retries.spend() ? 'again' : giveUp(task);
}

function giveUp(task: LearnTask): RunResult {
  return task.doubts > 0 ? 'unknown' : 'failed';
}
