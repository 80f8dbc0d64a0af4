import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import { redactPersonalData } from '../../core/redact/redact.ts';
import { safeRedacted } from '../../core/redact/safe-redacted.ts';
import { fingerprint } from '../../core/text/fingerprint.ts';
import { codePointLength, isBlank, safeText } from '../../core/text/text.ts';
import type { PatternRecord } from '../../engramia/requests.ts';

/** A message of an exported thread: a line of the export that Engramia's migration guide describes. */
export interface ThreadMessage {
  readonly thread_id: string;
  readonly message_id: string;
  /** `user` and `assistant` count. */
  readonly role: string;
  readonly text: string;
  /** Seconds since the epoch. */
  readonly created_at: number;
}

/** What a user has asked in a thread, and what the assistant has answered next. */
export interface ThreadExchange {
  readonly asked: ThreadMessage;
  readonly answered: ThreadMessage;
}

/** What of old conversations becomes patterns. */
export interface ThreadPatternsOptions {
  /** The score of an exchange, 0 to 10; with feedback of users the migration guide gives 7 and 3. @default 5 */
  scoreOf?: ((exchange: ThreadExchange) => number) | undefined;
  /** Longer messages of users are cut; Unicode code points. @default 2_000 */
  maxTaskChars?: number | undefined;
  /** Longer answers are cut; Unicode code points. @default 8_000 */
  maxCodeChars?: number | undefined;
  /** Shorter messages of users are left out: everybody's "ok" is one. Unicode code points. @default 8 */
  minTaskChars?: number | undefined;
  /** Takes personal data and secrets out of both texts: the service does not. @default e-mail addresses, numbers, keys and tokens */
  redact?: ((text: string) => string) | undefined;
}

/** 160 bits: no two exchanges share a key by chance. */
const digits = 40;
const longestRunId = 200;
const neutral = 5;

/** Oldest first. An export that lists the newest first does so within a second, too. */
function inOrder(messages: readonly ThreadMessage[]): readonly ThreadMessage[] {
  const [first, last] = [messages[0]?.created_at ?? 0, messages.at(-1)?.created_at ?? 0];
  const read = first > last ? messages.toReversed() : messages;
  return read.toSorted((a, b) => a.created_at - b.created_at);
}

function* exchangesOf(messages: readonly ThreadMessage[]): Generator<ThreadExchange> {
  let asked: ThreadMessage | undefined;
  for (const message of inOrder(messages)) {
    // One of images alone may have no text at all.
    if (typeof message.text !== 'string') continue;
    if (message.role === 'user') asked = message;
    else if (message.role === 'assistant' && asked !== undefined) {
      yield { asked, answered: message };
      asked = undefined;
    }
  }
}

function recordOf(
  exchange: ThreadExchange,
  options: ThreadPatternsOptions,
): PatternRecord | undefined {
  const { maxTaskChars = 2000, maxCodeChars = 8000, minTaskChars = 8 } = options;
  const { redact = redactPersonalData, scoreOf } = options;
  const { asked, answered } = exchange;
  const task = safeRedacted(asked.text, maxTaskChars, redact);
  const code = safeRedacted(answered.text, maxCodeChars, redact);
  if (isBlank(task) || isBlank(code) || codePointLength(task, minTaskChars) < minTaskChars) return;
  const score = scoreOf?.(exchange) ?? neutral;
  // The service takes any score, and never finds again what is out of its range.
  refuse('threadPatterns()', score >= 0 && score <= 10 ? [] : ['scoreOf must give 0 to 10']);
  const { thread_id, message_id } = answered;
  const run_id = safeText(`openai-thread:${thread_id}`, longestRunId);
  return {
    version: 1,
    key: `patterns/openai_${fingerprint(JSON.stringify([thread_id, message_id]), digits)}`,
    data: {
      task,
      design: { code, source: 'import', classification: 'internal', run_id },
      success_score: score,
      reuse_count: 0,
      timestamp: answered.created_at,
    },
  };
}

/**
 * Makes patterns of old conversations, as `client.import` takes them: each message of a user with the assistant's next one,
 * redacted, cut and safe to store, under keys by which importing them again stores nothing twice. Messages may be of several
 * threads, and in any order; those of one thread belong into one call.
 *
 * @throws InvalidOptionsError naming every issue
 * @example
 * const records = [...threadPatterns(messages)];
 */
export function threadPatterns(
  messages: Iterable<ThreadMessage>,
  options: ThreadPatternsOptions = {},
): Generator<PatternRecord> {
  refuse('threadPatterns()', issuesOf(options, checks));
  return patternsOf(messages, options);
}

function* patternsOf(
  messages: Iterable<ThreadMessage>,
  options: ThreadPatternsOptions,
): Generator<PatternRecord> {
  for (const thread of Map.groupBy(messages, ({ thread_id }) => thread_id).values()) {
    for (const exchange of exchangesOf(thread)) {
      const record = recordOf(exchange, options);
      if (record !== undefined) yield record;
    }
  }
}

const checks = {
  scoreOf: check.function,
  maxTaskChars: check.count,
  maxCodeChars: check.count,
  minTaskChars: check.count,
  redact: check.function,
};
