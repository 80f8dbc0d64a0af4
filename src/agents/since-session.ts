import type { AgentInputItem } from '@openai/agents';
import type { Turn } from '../core/subject.ts';

type Said = Pick<Turn, 'role' | 'text'>;

/** A session of the app's own may keep a text in the place of parts, or anything. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: { type?: unknown; text?: unknown } | null) =>
      part?.type === 'output_text' || part?.type === 'input_text' ? part.text : '',
    )
    .join('');
}

function saidIn(item: AgentInputItem): readonly Said[] {
  if (!('role' in item) || (item.role !== 'assistant' && item.role !== 'user')) return [];
  const text = textOf(item.content);
  return text === '' ? [] : [{ role: item.role, text }];
}

/**
 * What legacy has served since the answer that a session ends with: in the agent's place, or after a rollback. Nothing where the
 * session ends otherwise, since then others may be writing to it as well.
 *
 * @param items - the last ones of the session: behind that answer may be a message that a failed run has left, which is not said
 * again
 * @param areAll - false: the turns are the last ones of more. Then undefined where that answer, to that message, is not among them
 */
export function sinceSession(
  items: readonly AgentInputItem[],
  turns: readonly Turn[],
  areAll: boolean,
): readonly Turn[] | undefined {
  const said = items.flatMap(saidIn);
  const last = said.findLastIndex(({ role }) => role === 'assistant');
  const isIt = ({ role, text }: Turn): boolean => role === 'assistant' && text === said[last]?.text;
  // The same short answer may have been given to other messages as well.
  const asked = said[last - 1]?.text;
  const exact = turns.findLastIndex((turn, at) => isIt(turn) && turns[at - 1]?.text === asked);
  if (!areAll && exact < 1) return undefined;
  const at = exact < 0 ? turns.findLastIndex(isIt) : exact;
  const since = turns.slice(at + 1);
  if (at < 0 || since.some(({ leg }) => leg === 'candidate')) return [];
  const left = said.at(-1);
  return left?.role === 'user' && left.text === since[0]?.text ? since.slice(1) : since;
}
