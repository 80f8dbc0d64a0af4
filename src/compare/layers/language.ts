import { languageOf } from '../language.ts';
import type { Layer } from '../layer.ts';

/** Whether the candidate answers in another language. Silent where either language is uncertain. */
export const language: Layer = {
  name: 'language',
  readsText: true,
  look({ legacy, candidate }) {
    const before = languageOf(legacy.text);
    const now = before === undefined ? undefined : languageOf(candidate.text);
    if (before === undefined || now === undefined || before === now) return undefined;
    return { say: 'different', notes: ['language', `${before}-${now}`] };
  },
};
