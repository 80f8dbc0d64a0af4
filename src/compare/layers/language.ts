import { languageOf } from '../words/language.ts';
import type { WordLayer } from '../words/word-layer.ts';

/** Whether the candidate answers in another language. Silent where either language is uncertain. */
export const language: WordLayer = {
  name: 'language',
  ofEqual: { say: 'none' },
  look(words, { legacy, candidate }) {
    const before = languageOf(legacy, words.legacy);
    const now = before === undefined ? undefined : languageOf(candidate, words.candidate);
    if (before === undefined || now === undefined || before === now) return undefined;
    return { say: 'different', notes: ['language', `${before}-${now}`] };
  },
};
