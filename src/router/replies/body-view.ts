import { attempt } from '../../core/attempt.ts';
import type { ReplyView } from '../../core/call/subject.ts';
import { jsonText } from './json-text.ts';
import { viewByDefault } from './value-view.ts';

/**
 * Reads a returned value or a JSON body: its text and tool calls in the usual fields, else its text in a shape that `jsonText` knows.
 * Undefined also where its getters throw, as a result of the AI SDK does that has called tools and has no output yet.
 */
export const bodyView = (body: unknown): ReplyView | undefined => attempt(() => readBody(body));

function readBody(body: unknown): ReplyView | undefined {
  const view = viewByDefault(body);
  if (view?.text) return view;
  const text = jsonText(body);
  return text === undefined ? view : { ...view, text };
}
