import type { AgentInputItem } from '@openai/agents';
import type { Turn } from '../core/subject.ts';

/** A session of the app's own may keep a text in the place of parts, or anything. */
function saidIn(item: AgentInputItem): string {
  if (!('role' in item) || item.role !== 'assistant') return '';
  const content: unknown = item.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: { type?: unknown; text?: unknown } | null) =>
      part?.type === 'output_text' ? part.text : '',
    )
    .join('');
}

/**
 * What legacy has served since the agent said what its session ends with: in the agent's place, or after a rollback. Nothing
 * where the session ends otherwise, since then legacy may be writing to it as well.
 *
 * @param items - the last ones of the session: behind what the agent said may be a message that a failed run has left
 */
export function sinceSession(
  items: readonly AgentInputItem[],
  turns: readonly Turn[],
): readonly Turn[] {
  const said = items.map(saidIn).findLast((text) => text !== '');
  const last = turns.findLastIndex(({ leg }) => leg === 'candidate');
  return said !== undefined && turns[last]?.text === said ? turns.slice(last + 1) : [];
}
