import { attempt } from '../core/attempt.ts';
import { errorFacts, type LegFacts } from '../core/events.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Observation } from '../core/observation.ts';
import { toldOf } from '../core/reported-facts.ts';
import type { ReplyView, ReportedFacts, ToolCall } from '../core/subject.ts';
import { codePointLength } from '../core/text.ts';

const sha256Digits = 64;

/** What tools are called by; anything else may hold anything. */
const toolName = /^[\w.:-]{1,64}$/;

const nameOf = (call: Partial<ToolCall> | null | undefined): string => {
  const name: unknown = attempt(() => call?.name);
  return typeof name === 'string' && toolName.test(name) ? name : 'unnamed';
};

/** What may be told of how a leg ended: metrics and a hash of its text, never the text. */
export function legFacts(
  { leg, durationMs, ...ended }: Observation,
  view: ReplyView | undefined,
  reported: ReportedFacts | undefined,
): LegFacts {
  if (ended.status === 'rejected') {
    const error = errorFacts(ended.reason);
    return { leg, status: 'rejected', durationMs, ...toldOf(reported), error };
  }
  const facts = { leg, status: 'fulfilled', durationMs, ...toldOf(reported) } as const;
  if (typeof view?.text !== 'string') return facts;
  const { text } = view;
  const calls: unknown = reported?.toolCalls ?? view.toolCalls;
  return {
    ...facts,
    chars: codePointLength(text, text.length),
    sha256: fingerprint(text, sha256Digits),
    ...(Array.isArray(calls) && { tools: calls.map(nameOf) }),
  };
}
