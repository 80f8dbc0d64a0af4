import { type AgentInputItem, assistant, user } from '@openai/agents';
import type { CallContext } from '../core/call-context.ts';
import { isBlank } from '../core/text.ts';
import type { AgentRunOptions } from './candidate-options.ts';
import type { RunInput } from './sdk-types.ts';

/** Turns that a run begins with, where the app does not say how many. */
const defaultTurns = 50;

/** What a run begins with, and what else it is told. */
export interface Begun {
  readonly input: RunInput;
  readonly told: AgentRunOptions;
}

/**
 * Puts the conversation as it was served before what a run begins with, unless the run has one already. A session that
 * knows nothing yet is none: a conversation comes over from legacy with it.
 */
export async function withConversation(
  context: CallContext,
  { input, told }: Begun,
  wanted: number | false | undefined,
): Promise<Begun> {
  if (wanted === false) return { input, told };
  if (wanted === undefined && (await hasConversation(context, { input, told }))) {
    return { input, told };
  }
  const turns = await context.history(wanted ?? defaultTurns);
  // A message that says nothing is refused by some models.
  const said = turns.filter(({ text }) => !isBlank(text));
  if (said.length === 0) return { input, told };
  const items: AgentInputItem[] = said.map(({ role, text }) =>
    role === 'user' ? user(text) : assistant(text),
  );
  const whole = [...items, ...(typeof input === 'string' ? [user(input)] : input)];
  return { input: whole, told: context.mirrored ? withoutSession(told) : told };
}

/** Of a list nobody knows whether it is the whole conversation. */
async function hasConversation({ mirrored }: CallContext, { input, told }: Begun) {
  const { session, conversationId, previousResponseId } = told;
  if (typeof input !== 'string') return true;
  if (conversationId !== undefined || previousResponseId !== undefined) return true;
  // What was served is not in it while legacy answers, so a mirrored run does not go by it.
  if (session === undefined || mirrored) return false;
  return (await session.getItems(1)).length > 0;
}

function withoutSession({ session: _, ...told }: AgentRunOptions): AgentRunOptions {
  return told;
}
