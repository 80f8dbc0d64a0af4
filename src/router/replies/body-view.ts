import type { ReplyView } from '../../core/call/subject.ts';
import { jsonText } from './json-text.ts';
import { viewByDefault } from './value-view.ts';

/** Reads a returned value or a JSON body: its text and tool calls in the usual fields, else its text in a shape that `jsonText` knows. */
export function bodyView(body: unknown): ReplyView | undefined {
  const view = viewByDefault(body);
  if (view?.text) return view;
  const text = jsonText(body);
  return text === undefined ? view : { ...view, text };
}
