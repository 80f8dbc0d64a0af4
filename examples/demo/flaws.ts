import type { ToolCall } from 'engramia-cutover';
import type { FindingKind } from 'engramia-cutover/report';
import { spoiltText } from './questions.ts';

/** An answer and the tools that it took. */
export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

/** Something that is wrong with the candidate's answers to one kind of question. */
export interface Flaw {
  /** As what the report has to find it. */
  readonly finding: FindingKind;
  readonly says: string;
  /** The questions whose answers have it. */
  readonly questions: RegExp;
  readonly spoil: (answer: Answer) => Answer;
}

const padding =
  'Let me first go through everything that comes to mind about questions of this kind, since some of it may help. ';

/** What is planted into the candidate while it is only compared, each in a seventh of its answers. */
export const flaws: readonly Flaw[] = [
  {
    finding: 'numbers',
    says: 'another year than asked for',
    questions: /^How do I export/,
    spoil: ({ text, ...answer }) => ({ ...answer, text: text.replace('2026', '2019') }),
  },
  {
    finding: 'tool-mismatch',
    says: 'another tool',
    questions: /^Which plan/,
    spoil: (answer) => ({ ...answer, toolCalls: [{ name: 'search_web', arguments: {} }] }),
  },
  {
    finding: 'verbose',
    says: 'far too long',
    questions: /^Write a short welcome/,
    spoil: ({ text, ...answer }) => ({ ...answer, text: padding.repeat(2) + text }),
  },
];

/** What a bad release of the candidate makes of each answer: four questions of seven name a month. */
export const regressed = ({ text, ...answer }: Answer): Answer => ({
  ...answer,
  text: spoiltText(text),
});
