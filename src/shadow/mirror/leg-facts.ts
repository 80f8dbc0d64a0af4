import { attempt } from '../../core/attempt.ts';
import { namedCall } from '../../core/call/named-call.ts';
import type { Observation } from '../../core/call/observation.ts';
import { toldOf } from '../../core/call/reported-facts.ts';
import type { ReplyView, ReportedFacts } from '../../core/call/subject.ts';
import { errorFacts } from '../../core/events/error-facts.ts';
import type { LegFacts } from '../../core/events/events.ts';
import { isWord } from '../../core/text/word.ts';
import type { TextFacts } from './text-facts.ts';

/** Tool calls of one run that are told of; as many as are compared. */
const mostTools = 256;

/** What a tool is called by; anything but a plain word may hold anything. */
const nameOf = (call: unknown): string => {
  const name = attempt(() => namedCall(call).name);
  return isWord(name) ? name : 'unnamed';
};

function toolsOf(calls: unknown): readonly string[] | undefined {
  return Array.isArray(calls) ? calls.slice(0, mostTools).map(nameOf) : undefined;
}

/** What may be told of how a leg ended: metrics and a hash of its text, never the text. Without a text there are no tools. */
export function legFacts(
  { leg, durationMs, ...ended }: Observation,
  view: ReplyView | undefined,
  reported: ReportedFacts | undefined,
  text: TextFacts | undefined,
): LegFacts {
  if (ended.status === 'rejected') {
    const error = errorFacts(ended.reason);
    return { leg, status: 'rejected', durationMs, ...toldOf(reported), error };
  }
  const facts = { leg, status: 'fulfilled', durationMs, ...toldOf(reported) } as const;
  if (text === undefined) return facts;
  const tools = attempt(() => toolsOf(reported?.toolCalls ?? view?.toolCalls));
  return { ...facts, ...text, ...(tools && { tools }) };
}
