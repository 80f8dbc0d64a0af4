import type { ReplyView } from '../../core/call/subject.ts';
import { jsonText } from './json-text.ts';
import { viewByDefault } from './value-view.ts';

/** Reads a JSON body as the router reads a returned value, and in more shapes. */
export function bodyView(body: unknown): ReplyView | undefined {
  const view = viewByDefault(body);
  if (view?.text) return view;
  const text = jsonText(body);
  return text === undefined ? view : { ...view, text };
}
