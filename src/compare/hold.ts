import { attempt } from '../core/attempt.ts';
import { namedCall } from '../core/call/named-call.ts';
import type { Observation } from '../core/call/observation.ts';
import type { ReplyView, ReportedFacts, ToolCall } from '../core/call/subject.ts';
import type { HeldReply, HeldToolCall } from '../core/contracts/comparer.ts';
import { errorFacts } from '../core/events/error-facts.ts';
import { fingerprint } from '../core/text/fingerprint.ts';
import { flatCopy, isBlank } from '../core/text/text.ts';
import { comparableJson } from './comparable-json.ts';

/** Tool calls of one reply that are compared. */
const mostToolCalls = 256;

/**
 * Characters behind the cut that are hashed all the same: a quarter of a millisecond in any script. Longer texts are never said to
 * be equal.
 */
const mostHashed = 32_768;

/** What a held reply and one of its tool calls take besides text. */
const [replyBytes, toolCallBytes] = [256, 128];

/** Keeps what is compared of a leg's end: the beginning of its text, and what its tool calls amount to. */
export function toHeld(
  observation: Observation,
  view: ReplyView | undefined,
  reported: ReportedFacts | undefined,
  maxChars: number,
): HeldReply {
  const { leg, durationMs } = observation;
  const whole = typeof view?.text === 'string' ? view.text : undefined;
  const { text, pairs } = whole === undefined ? unread : kept(whole.slice(0, maxChars));
  const tools = attempt(() => toolsOf(reported?.toolCalls ?? view?.toolCalls));
  return {
    leg,
    ended: endOf(observation),
    durationMs,
    text,
    isBlank: isBlank(text ?? ''),
    isCut: whole?.length !== text?.length,
    rest: whole === undefined ? undefined : restOf(whole, maxChars),
    chars: (whole?.length ?? 0) - pairs,
    tools,
    bytes: replyBytes + 2 * (text?.length ?? 0) + toolCallBytes * (tools?.length ?? 0),
  };
}

/** Undefined: nothing was cut off, or too much to be looked at. */
function restOf(whole: string, maxChars: number): string | undefined {
  const length = whole.length - maxChars;
  return length > 0 && length <= mostHashed ? fingerprint(whole.slice(maxChars)) : undefined;
}

function endOf(observation: Observation): HeldReply['ended'] {
  if (observation.status === 'fulfilled') return 'answered';
  const { code, name } = errorFacts(observation.reason);
  return code === 'ERR_CUTOVER_DEADLINE' || name === 'TimeoutError' ? 'late' : 'failed';
}

interface Kept {
  /** In memory of its own: also a short text may be a slice of a long one. */
  readonly text: string | undefined;
  /** Characters of two units. Those of a text of megabytes are not counted beyond what is kept. */
  readonly pairs: number;
}

const unread: Kept = { text: undefined, pairs: 0 };

/** Of texts of one byte a character, which have no pairs, it takes nothing to know. */
const beyondLatin1 = /[\u0100-\uffff]/;

/** Halves that stand alone are characters by themselves. */
const runsOfPairs = /(?:[\ud800-\udbff][\udc00-\udfff])+/g;

function kept(text: string): Kept {
  if (!beyondLatin1.test(text)) return { text: flatCopy(text), pairs: 0 };
  return {
    // By way of UTF-8 it would take ten times as long.
    text: Buffer.from(text, 'utf16le').toString('utf16le'),
    // Patterns are machine code from their second text on, a loop only when many have been counted.
    pairs: (text.length - text.replace(runsOfPairs, '').length) / 2,
  };
}

/** Undefined where some call names no tool: they would all be of one name. */
function toolsOf(calls: readonly ToolCall[] | undefined): readonly HeldToolCall[] | undefined {
  if (!Array.isArray(calls)) return undefined;
  const held = calls.slice(0, mostToolCalls).map(toHeldCall);
  return held.every((call) => call !== undefined) ? held : undefined;
}

function toHeldCall(call: unknown): HeldToolCall | undefined {
  const { name, arguments: given } = namedCall(call);
  if (name === undefined || name === null) return undefined;
  return {
    name: String(attempt(() => flatCopy(String(name).slice(0, 200)))),
    arguments: attempt(() => argumentsOf(given)),
  };
}

/** How services write that a tool was called with nothing. */
const nothing = new Set(['{}', '""', 'null']);

function argumentsOf(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const told = comparableJson(given);
  return nothing.has(told) ? undefined : fingerprint(told);
}
