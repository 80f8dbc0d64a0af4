import type { AgentInputItem } from '@openai/agents';
import type { Turn } from '../core/call/subject.ts';

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

const isAnswer = ({ role }: Said): boolean => role === 'assistant';

/** The turn that is the last answer of a session; -1: there is none; undefined: it may be among the turns before these. */
function placeOf(
  said: readonly Said[],
  last: number,
  turns: readonly Turn[],
  areAll: boolean,
): number | undefined {
  const isIt = (turn: Turn): boolean => isAnswer(turn) && turn.text === said[last]?.text;
  const isAsked = (at: number, asked: string | undefined): boolean => turns[at - 1]?.text === asked;
  // The same short answer may have been given to other messages as well.
  const exact = turns.findLastIndex((turn, at) => isIt(turn) && isAsked(at, said[last - 1]?.text));
  if (!areAll && exact < 1) return undefined;
  const same = exact < 0 ? turns.findLastIndex(isIt) : exact;
  if (same >= 0 || last < 0) return same;
  // As it was served, or is kept, it may read otherwise: made of the output, redacted, cut. Its message is known.
  const message = said.slice(0, last).findLast((one) => !isAnswer(one))?.text;
  if (message === undefined) return -1;
  const own = turns.findLastIndex((turn, at) => isAnswer(turn) && isAsked(at, message));
  return turns[own]?.leg === 'candidate' ? own : -1;
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
  const last = said.findLastIndex(isAnswer);
  const at = placeOf(said, last, turns, areAll);
  if (at === undefined) return undefined;
  const since = turns.slice(at + 1);
  if (at < 0 || since.some(({ leg }) => leg === 'candidate')) return [];
  const left = said.at(-1);
  return left?.role === 'user' && left.text === since[0]?.text ? since.slice(1) : since;
}
