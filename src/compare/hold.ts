import { attempt } from '../core/attempt.ts';
import type { HeldReply, HeldToolCall } from '../core/comparer.ts';
import { errorFacts } from '../core/events.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Observation } from '../core/observation.ts';
import type { ReplyView, ReportedFacts, ToolCall } from '../core/subject.ts';
import { codePointLength, flatCopy } from '../core/text.ts';
import { canonicalJson } from './canonical-json.ts';

/** Tool calls of one reply that are compared. */
const mostToolCalls = 256;

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
  const text = whole === undefined ? undefined : cut(whole, maxChars);
  const tools = attempt(() => toolsOf(reported?.toolCalls ?? view?.toolCalls));
  return {
    leg,
    ended: endOf(observation),
    durationMs,
    text,
    isCut: whole?.length !== text?.length,
    chars: charsOf(whole ?? '', text ?? ''),
    tools,
    bytes: replyBytes + 2 * (text?.length ?? 0) + toolCallBytes * (tools?.length ?? 0),
  };
}

function endOf(observation: Observation): HeldReply['ended'] {
  if (observation.status === 'fulfilled') return 'answered';
  const { code, name } = errorFacts(observation.reason);
  return code === 'ERR_CUTOVER_DEADLINE' || name === 'TimeoutError' ? 'late' : 'failed';
}

/** In memory of its own: also a short text may be a slice of a long one. */
const cut = (text: string, max: number): string => flatCopy(text.slice(0, max));

/** Most texts have no character of two units: looking for one takes next to nothing. */
const hasPairs = /[\ud800-\udbff]/;

/** A text of megabytes is not walked through: its rest counts by units. */
const charsOf = (whole: string, kept: string): number =>
  (hasPairs.test(kept) ? codePointLength(kept, kept.length) : kept.length) +
  whole.length -
  kept.length;

function toolsOf(calls: readonly ToolCall[] | undefined): readonly HeldToolCall[] | undefined {
  if (!Array.isArray(calls)) return undefined;
  return calls.slice(0, mostToolCalls).map((call: Partial<ToolCall> | null | undefined) => ({
    name: String(attempt(() => flatCopy(String(call?.name).slice(0, 200)))),
    arguments: attempt(() => argumentsOf(call)),
  }));
}

function argumentsOf(call: Partial<ToolCall> | null | undefined): string | undefined {
  return call?.arguments === undefined ? undefined : fingerprint(canonicalJson(call.arguments));
}
