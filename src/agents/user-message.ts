import type { AgentInputItem } from '@openai/agents';
import { CutoverError } from '../core/errors.ts';
import type { RunInput } from './sdk-types.ts';

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: { type?: unknown; text?: unknown }) =>
      part.type === 'input_text' && typeof part.text === 'string' ? part.text : '',
    )
    .filter((text) => text !== '')
    .join('\n');
}

const isOfUser = (item: AgentInputItem): boolean => 'role' in item && item.role === 'user';

/** What the user said last; empty when there is no text of a user. */
export function userMessageOf(input: RunInput | undefined): string {
  if (typeof input === 'string') return input;
  const item = input?.findLast(isOfUser);
  return item !== undefined && 'content' in item ? textOf(item.content) : '';
}

/**
 * What an app begins a run with.
 *
 * @throws CutoverError `ERR_CUTOVER_INVALID_OPTIONS` for anything else, as the state of a run: its agents and their tools are not
 * guarded, and its context is not that of the call
 */
export function begunWith(input: unknown): RunInput {
  if (typeof input === 'string' || Array.isArray(input)) return input;
  throw new CutoverError(
    'ERR_CUTOVER_INVALID_OPTIONS',
    'The option "input" of agentCandidate must give a text or a list of items: a run that waited for an approval goes on by runner.run(agent, state), outside of the leg.',
  );
}
