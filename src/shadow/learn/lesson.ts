import { atOnce } from '../../core/call/at-once.ts';
import { isThenable } from '../../core/call/observation.ts';
import { ownSubject } from '../../core/call/own-subject.ts';
import type { ReplyView } from '../../core/call/subject.ts';
import type { SkipReason } from '../../core/contracts/counts.ts';
import type { ServedExchange } from '../../core/contracts/exchange.ts';
import type { Lesson } from '../../core/contracts/learner.ts';
import { CutoverError } from '../../core/errors.ts';
import type { Reporter } from '../../core/events/events.ts';
import { safeRedacted } from '../../core/redact/safe-redacted.ts';
import { codePointLength, isBlank, safeText, utf8Bytes } from '../../core/text/text.ts';
import { mostBytesPerUnit, serviceBodyBytes } from '../service-body.ts';
import type { Owner } from '../work.ts';
import type { RunIds } from './run-ids.ts';

/** What is left is for fields that are added on the way. */
const maxBodyBytes = serviceBodyBytes - 4096;

/** What an exchange is not learned as, when a callback of the app fails. */
const skips = {
  identify: 'unreadable',
  view: 'unreadable',
  'learn.filter': 'filtered',
  'learn.redact': 'unreadable',
  'learn.runId': 'unreadable',
} as const satisfies Record<string, SkipReason>;

/**
 * Reads an exchange and makes of it what may be sent: redacted, safe, cut, in memory of its own. Or why not. At once where
 * the reply can be read at once.
 */
export function toLesson(
  exchange: ServedExchange,
  reporter: Reporter,
  runIds: RunIds,
  owner: Owner,
): Lesson | SkipReason | Promise<Lesson | SkipReason> {
  const { learning, reply } = exchange;
  try {
    const seen = learning.view(reply);
    if (isThenable(seen)) return seenLater(seen, exchange, reporter, runIds, owner);
    return lessonOf(seen, exchange, reporter, runIds, owner);
  } catch (error) {
    return skipped('view', error, exchange, reporter);
  }
}

async function seenLater(
  seen: PromiseLike<ReplyView | undefined>,
  exchange: ServedExchange,
  reporter: Reporter,
  runIds: RunIds,
  owner: Owner,
): Promise<Lesson | SkipReason> {
  try {
    return lessonOf(await seen, exchange, reporter, runIds, owner);
  } catch (error) {
    return skipped('view', error, exchange, reporter);
  }
}

function skipped(
  step: keyof typeof skips,
  error: unknown,
  { route, tenant }: ServedExchange,
  reporter: Reporter,
): SkipReason {
  reporter.contained(step, error, { route, tenant });
  return skips[step];
}

function lessonOf(
  reply: ReplyView | undefined,
  exchange: ServedExchange,
  reporter: Reporter,
  runIds: RunIds,
  owner: Owner,
): Lesson | SkipReason {
  const { learning } = exchange;
  let step: keyof typeof skips = 'view';
  try {
    if (typeof reply?.text !== 'string' || reply.text === '')
      return unread(reply, exchange, reporter);
    step = 'identify';
    const { task: asked } = ownSubject(exchange) as { readonly task?: unknown };
    if (typeof asked !== 'string') throw wordless(asked);
    step = 'learn.filter';
    if (!isWanted(exchange, reply)) return 'filtered';
    step = 'learn.redact';
    const task = safeRedacted(exchange.subject.task, learning.maxTaskChars, learning.redact);
    const code = safeRedacted(reply.text, learning.maxCodeChars, learning.redact);
    step = 'learn.runId';
    const runId = runIds.of(exchange, learning, owner);
    if (isBlank(task) || isBlank(code)) return 'filtered';
    return fitBody({ task, code, evalScore: learning.evalScore[exchange.leg], runId });
  } catch (error) {
    return skipped(step, error, exchange, reporter);
  }
}

/** Told of where something is amiss: that a reply is a failure, or calls tools alone, is nothing that an app can mend here. */
function unread(
  seen: ReplyView | undefined,
  exchange: ServedExchange,
  reporter: Reporter,
): SkipReason {
  const why = exchange.learning.whyUnread(exchange.reply, seen);
  if (why === undefined) return skips.view;
  return skipped('view', new CutoverError('ERR_CUTOVER_CONTAINED', why), exchange, reporter);
}

function wordless(task: unknown): CutoverError {
  const what = task === undefined ? 'no task' : `a task of type ${typeof task}`;
  return new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    `The callback identify gave ${what}: what the user asked for, in words, is what is learned.`,
  );
}

function isWanted(exchange: ServedExchange, reply: ReplyView): boolean {
  const { subject, learning } = exchange;
  const { filter, minTaskChars } = learning;
  if (codePointLength(subject.task.trim(), minTaskChars) < minTaskChars) return false;
  if (filter === undefined) return true;
  const { route, requestId, tenant, stage, leg } = exchange;
  const answer: unknown = atOnce(
    filter({ route, requestId, tenant, subject, stage, leg, reply }),
    'learn.filter',
  );
  if (typeof answer === 'boolean' || answer === undefined || answer === null) return !!answer;
  throw new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    `The callback learn.filter must answer true or false; its answer is of type ${typeof answer}.`,
  );
}

function fitBody(lesson: Lesson): Lesson {
  const { task, code, runId } = lesson;
  if ((task.length + code.length + runId.length) * mostBytesPerUnit < maxBodyBytes) return lesson;
  const bytes = utf8Bytes(JSON.stringify(lesson));
  if (bytes <= maxBodyBytes || code === '') return lesson;
  const points = codePointLength(code, code.length);
  return fitBody({
    ...lesson,
    code: safeText(code, Math.floor((points * maxBodyBytes) / bytes) - 1),
  });
}
