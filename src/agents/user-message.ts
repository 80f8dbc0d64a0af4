import type { AgentInputItem } from '@openai/agents';
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
