import { languageOf } from '../language.ts';
import type { Layer } from '../layer.ts';

/** Whether the candidate answers in another language. Silent where either language is uncertain. */
export const language: Layer = {
  name: 'language',
  readsText: true,
  needsWords: true,
  look({ legacy, candidate, words }) {
    const before = languageOf(legacy.text, words.legacy);
    const now = before === undefined ? undefined : languageOf(candidate.text, words.candidate);
    if (before === undefined || now === undefined || before === now) return undefined;
    return { say: 'different', notes: ['language', `${before}-${now}`] };
  },
};
