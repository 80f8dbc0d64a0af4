import type { AnsweredCall } from '../../core/call/answered-call.ts';
import { isCutoverError } from '../../core/errors.ts';
import { safeRedacted } from '../../core/redact/safe-redacted.ts';
import { isBlank } from '../../core/text/text.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { RecallMatch } from '../../engramia/answers.ts';
import type { CallPriority } from '../../engramia/pacer.ts';
import { knownThen } from './known-then.ts';
import { clientFor, type MemorySource } from './memory-source.ts';
import type { RecallOutcome } from './recall-counts.ts';

/** How patterns are recalled, for every run alike. */
export interface RecallSettings {
  readonly source: MemorySource;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly redact: (text: string) => string;
  readonly clock: Clock;
}

/** What one run asks for. */
export interface RecallQuestion {
  readonly tenant: string | undefined;
  readonly message: string;
  readonly priority: CallPriority;
  /** The call that a mirrored run repeats; undefined: the run is served. */
  readonly answered?: AnsweredCall | undefined;
}

/** How a recall ended, and what it found. */
export interface Recall {
  readonly outcome: RecallOutcome;
  readonly matches: readonly RecallMatch[];
}

/** As many characters of a task as are learned: more of it would be compared with nothing. */
const maxTaskChars = 2000;
/** Patterns that the service gives at once. */
const mostAsked = 50;

const without = (outcome: RecallOutcome): Recall => ({ outcome, matches: [] });

async function find(
  { source, limit, timeoutMs, redact }: RecallSettings,
  { tenant, message, priority, answered }: RecallQuestion,
  signal: AbortSignal,
): Promise<Recall> {
  const task = safeRedacted(message, maxTaskChars, redact);
  if (isBlank(task)) return without('blank');
  const client = await clientFor(source, tenant);
  if (client === undefined) return without('noScope');
  // One more than is shown: what is nearest to a call is its own lesson.
  const asked = answered === undefined ? limit : Math.min(limit + 1, mostAsked);
  const answer = await client.recall({ task, limit: asked }, { timeoutMs, priority, signal });
  const known =
    answered === undefined ? answer.matches : knownThen(answer.matches, answered, client);
  const matches = known.slice(0, limit);
  return { outcome: matches.length > 0 ? 'found' : 'nothing', matches };
}

/** Recalls within the deadline. Never rejects. */
export async function recall(settings: RecallSettings, question: RecallQuestion): Promise<Recall> {
  const { clock, timeoutMs } = settings;
  const loser = new AbortController();
  let timer: unknown;
  const late = new Promise<Recall>((resolve) => {
    timer = clock.setTimeout(() => resolve(without('late')), timeoutMs);
  });
  try {
    return await Promise.race([find(settings, question, loser.signal), late]);
  } catch (error) {
    const isLate = isCutoverError(error) && error.code === 'ERR_ENGRAMIA_TIMEOUT';
    return without(isLate ? 'late' : 'failed');
  } finally {
    clock.clearTimeout(timer);
    loser.abort();
  }
}
