import { type AgentInputItem, assistant, user } from '@openai/agents';
import type { CallContext } from '../core/call-context.ts';
import { isBlank } from '../core/text.ts';
import type { AgentRunOptions } from './candidate-options.ts';
import type { RunInput } from './sdk-types.ts';

/** Turns that a run begins with, where the app does not say how many. */
const defaultTurns = 50;

/** Puts the conversation as it was served before what a run begins with, unless the run has one already. */
export async function withConversation(
  context: CallContext,
  input: RunInput,
  told: AgentRunOptions,
  wanted: number | false | undefined,
): Promise<RunInput> {
  if (wanted === false || (wanted === undefined && hasConversation(input, told))) return input;
  const turns = await context.history(wanted ?? defaultTurns);
  // A message that says nothing is refused by some models.
  const said = turns.filter(({ text }) => !isBlank(text));
  if (said.length === 0) return input;
  const items: AgentInputItem[] = said.map(({ role, text }) =>
    role === 'user' ? user(text) : assistant(text),
  );
  return [...items, ...(typeof input === 'string' ? [user(input)] : input)];
}

/** Of a list nobody knows whether it is the whole conversation. */
const hasConversation = (input: RunInput, told: AgentRunOptions): boolean =>
  typeof input !== 'string' ||
  told.session !== undefined ||
  told.conversationId !== undefined ||
  told.previousResponseId !== undefined;
