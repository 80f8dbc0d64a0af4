import { type AgentInputItem, assistant, user } from '@openai/agents';
import type { CallContext } from '../core/call/call-context.ts';
import type { Turn } from '../core/call/subject.ts';
import { isBlank } from '../core/text/text.ts';
import type { AgentRunOptions } from './candidate-options.ts';
import type { RunInput } from './sdk-types.ts';
import { sinceSession } from './since-session.ts';

/** Turns that a run begins with, where the app does not say how many. */
const defaultTurns = 50;

/** Items of a session that are looked through for what the agent said last. */
const lookedAt = 20;

/** Turns in which what the agent said last is looked for, before it is in all of them. */
const lookedBack = 100;

/** What a run begins with, and what else it is told. */
export interface Begun {
  readonly input: RunInput;
  readonly told: AgentRunOptions;
}

/**
 * Puts the conversation as it was served before what a run begins with, unless the run has one already. A session that
 * knows nothing yet is none: a conversation comes over from legacy with it. One that has begun goes on with what legacy has
 * served since.
 */
export async function withConversation(
  context: CallContext,
  { input, told }: Begun,
  wanted: number | false | undefined,
): Promise<Begun> {
  if (wanted === false) return { input, told };
  // Of a list nobody knows whether it is the whole conversation.
  if (wanted === undefined && typeof input !== 'string') return { input, told };
  const turns = await missing(context, told, wanted ?? defaultTurns);
  // A message that says nothing is refused by some models.
  const said = turns.filter(({ text }) => !isBlank(text));
  if (said.length === 0) return { input, told };
  const items: AgentInputItem[] = said.map(({ role, text }) =>
    role === 'user' ? user(text) : assistant(text),
  );
  const whole = [...items, ...(typeof input === 'string' ? [user(input)] : input)];
  return { input: whole, told: context.mirrored ? withoutSession(told) : told };
}

/** What was said and the run would not know of: what a conversation holds would be kept there once more with every run. */
async function missing(
  context: CallContext,
  { session, conversationId, previousResponseId }: AgentRunOptions,
  most: number,
): Promise<readonly Turn[]> {
  if (conversationId !== undefined || previousResponseId !== undefined) return [];
  // What was served is not in it while legacy answers, so a mirrored run does not go by it.
  const kept = session === undefined || context.mirrored ? [] : await session.getItems(lookedAt);
  if (kept.length === 0) return context.history(most);
  return (await missed(context, kept)).slice(-most);
}

/** What was served since a session's last answer: nearly always that is near, and a conversation may have thousands of turns. */
async function missed(
  context: CallContext,
  kept: readonly AgentInputItem[],
): Promise<readonly Turn[]> {
  const recent = await context.history(lookedBack);
  const areAll = recent.length < lookedBack;
  const since = sinceSession(kept, recent, areAll);
  return since ?? sinceSession(kept, await context.history(), true) ?? [];
}

function withoutSession({ session: _, ...told }: AgentRunOptions): AgentRunOptions {
  return told;
}
