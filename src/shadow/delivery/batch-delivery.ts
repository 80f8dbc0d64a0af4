import type { ImportOutcome, KeyedLesson } from '../../core/contracts/learner.ts';
import { isCutoverError } from '../../core/errors.ts';
import { type BundleResult, Company, type RunHandle } from '../work.ts';
import { Bisection } from './bisection.ts';
import type { DeliveryContext } from './delivery-context.ts';
import type { LearnTask } from './learn-task.ts';
import { isRateLimited } from './rate-limited.ts';

/** Attempts by which a batch may be perhaps stored; each but the last also costs a retry of the address. */
const mostDoubts = 4;

const mend =
  'Batches need a key with the role admin: give this scope one, or set learn.via to "learn".';

type Batch = readonly [LearnTask, ...LearnTask[]];
type Results = readonly BundleResult[];
type Rule<K extends ImportOutcome['kind']> = (
  batch: Batch,
  outcome: Extract<ImportOutcome, { kind: K }>,
) => Results;

/** The policy of batches: what follows for their tasks from each way in which an attempt can end. */
const policy: { readonly [K in ImportOutcome['kind']]: Rule<K> } = {
  imported: worked,
  perhaps: redeliver,
  later: tryLater,
  quota: (batch) => {
    answered(batch);
    batch[0].scope.full();
    return batch.map(giveUp);
  },
  unauthorized: (batch) => {
    batch[0].scope.within.answered();
    return batch[0].scope.unauthorized() ? batch.map(again) : batch.map(giveUp);
  },
  forbidden: (batch) => {
    answered(batch);
    batch[0].channel.forbid(mend);
    return batch.map(giveUp);
  },
  tooLarge: (batch) => {
    answered(batch);
    if (batch.length === 1) return batch.map(giveUp);
    batch[0].channel.shrink(batch.reduce((sum, { load }) => sum + load, 0));
    return batch.map(again);
  },
  invalid: halve,
  refused: (batch) => {
    answered(batch);
    return batch.map(giveUp);
  },
  aborted: (batch) => {
    batch[0].scope.within.abandoned();
    return batch.map(({ doubts }) => (doubts > 0 ? 'unknown' : 'aborted'));
  },
};

/** Sends a batch of one scope once and does what the policy says. */
export async function deliverBatch(
  tasks: readonly LearnTask[],
  handle: RunHandle,
  context: DeliveryContext,
): Promise<Results> {
  const [first, ...others] = tasks.filter((task) => task.channel.takes(task.isProbe));
  if (first === undefined) return tasks.map(giveUp);
  const batch: Batch = [first, ...others];
  const address = first.scope.within;
  if (first.attempts === 0) address.retries.earn();
  for (const task of batch) task.attempts++;
  // One call is on its way, not one a task.
  first.isOnItsWay = true;
  address.sent();
  const outcome = await first.target.import(toLessons(batch), handle);
  if (handle.over) return tasks.map(() => 'unknown');
  first.isOnItsWay = false;
  for (const task of batch) task.error = 'error' in outcome ? outcome.error : undefined;
  const results = apply(outcome.kind, batch, outcome);
  if (first.error !== undefined) context.tellFailure(first);
  if (batch.length === tasks.length) return results;
  const resultOf = new Map(batch.map((task, place) => [task, results[place]]));
  return tasks.map((task) => resultOf.get(task) ?? giveUp(task));
}

function apply<K extends ImportOutcome['kind']>(
  kind: K,
  batch: Batch,
  outcome: ImportOutcome,
): Results {
  const rule: Rule<K> = policy[kind];
  return rule(batch, outcome as Extract<ImportOutcome, { kind: K }>);
}

/** One exchange that was offered twice is one record. */
function toLessons(batch: Batch): KeyedLesson[] {
  const byKey = new Map<string, KeyedLesson>();
  for (const { lesson, key = '', at } of batch) {
    const { task, code, evalScore, runId } = lesson;
    byKey.set(key, { task, code, evalScore, runId, key, at });
  }
  return [...byKey.values()];
}

/**
 * What was there before is the batch's own where it was perhaps stored by an earlier attempt. Otherwise it was delivered
 * by somebody else; how many were is told, which ones is not.
 */
function worked(batch: Batch, { imported }: Extract<ImportOutcome, { kind: 'imported' }>): Results {
  const [{ scope, channel, doubts }] = batch;
  scope.within.answered();
  scope.within.worked();
  channel.worked();
  const seen = new Set<string | undefined>();
  return batch.map(({ key }) => {
    if (seen.has(key)) return 'deduplicated';
    seen.add(key);
    return doubts > 0 || seen.size <= imported ? 'stored' : 'deduplicated';
  });
}

/** Perhaps stored, in part or as a whole: the same keys are sent once more, with nothing else. */
function redeliver(batch: Batch): Results {
  const address = batch[0].scope.within;
  const isProbing = address.isProbing;
  address.failed();
  for (const task of batch) task.doubts++;
  const isOver = batch[0].doubts >= mostDoubts;
  if (isOver || !(isProbing || address.retries.spend())) return batch.map(giveUp);
  address.backOff();
  const company = new Company();
  return batch.map(() => company);
}

/** Certainly not stored: address or path are left alone for as long as they ask, or for a while. */
function tryLater(
  batch: Batch,
  { afterMs, error }: Extract<ImportOutcome, { kind: 'later' }>,
): Results {
  const [{ scope, channel }] = batch;
  const address = scope.within;
  if (isCutoverError(error) && error.code === 'ERR_ENGRAMIA_PACED') {
    // Our own pacer; nothing was sent.
    address.abandoned();
    for (const task of batch) task.attempts--;
    channel.hold(afterMs ?? 0);
    return batch.map(again);
  }
  const isProbing = address.isProbing;
  // The service counts calls by path; everything else that it asks to wait for holds for all of it.
  const isOfPath = isRateLimited(error);
  if (afterMs === undefined) {
    address.failed();
    address.backOff();
  } else {
    address.answered();
    (isOfPath ? channel : address).pause(afterMs);
  }
  return isOfPath || isProbing || address.retries.spend() ? batch.map(again) : batch.map(giveUp);
}

/** A record is not accepted, and with it none: each half is sent by itself, until the bad ones are alone. */
function halve(batch: Batch): Results {
  answered(batch);
  const bisection = batch[0].bisection ?? new Bisection();
  if (batch.length === 1 || !bisection.spend()) return batch.map(giveUp);
  for (const task of batch) task.bisection = bisection;
  const halves = [new Company(), new Company()] as const;
  return batch.map((_, place) => halves[place * 2 < batch.length ? 0 : 1]);
}

function answered([{ scope, channel }]: Batch): void {
  scope.within.answered();
  channel.askAgain();
}

function giveUp(task: LearnTask): BundleResult {
  return task.doubts > 0 ? 'unknown' : 'failed';
}

const again = (): BundleResult => 'again';
