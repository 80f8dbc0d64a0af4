import type { JudgeAnswer } from '../../core/contracts/compare-options.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../fields.ts';
import type { JudgeClient } from './judge-client.ts';

/** A question as it goes to a model. */
export interface ModelQuestion {
  readonly model: string;
  readonly instructions: string;
  readonly message: string;
  readonly maxOutputTokens: number;
  readonly temperature: number | undefined;
}

/** One of the two APIs of the package `openai`. */
interface JudgeApi {
  /** Whether the client has it. */
  isOf(client: JudgeClient): boolean;
  ask(client: JudgeClient, question: ModelQuestion, signal: AbortSignal): PromiseLike<unknown>;
  /** The whole of what the model wrote; undefined when it is cut, a refusal, or more than one text. */
  read(answer: Fields): string | undefined;
}

const name = 'verdict';

const schema = () => ({
  type: 'object',
  properties: { answer: { type: 'string', enum: ['first', 'second', 'tie'] } },
  required: ['answer'],
  additionalProperties: false,
});

/** Models that reason refuse a temperature: it is sent where the app has set one. */
const warmth = ({ temperature }: ModelQuestion) =>
  temperature === undefined ? {} : { temperature };

/** The APIs, by the names of the option. */
export const judgeApis: Readonly<Record<'responses' | 'chat', JudgeApi>> = {
  responses: {
    isOf: ({ responses }) => typeof responses?.create === 'function',
    ask: (client, question, signal) =>
      (client as Required<JudgeClient>).responses.create(
        {
          model: question.model,
          instructions: question.instructions,
          input: question.message,
          store: false,
          max_output_tokens: question.maxOutputTokens,
          text: { format: { type: 'json_schema', name, strict: true, schema: schema() } },
          ...warmth(question),
        },
        { signal },
      ),
    read: ({ status, output }) => {
      const items = listOf(output)
        .map(fieldsOf)
        .filter(({ type }) => type !== 'reasoning');
      const parts = listOf(items[0]?.content).map(fieldsOf);
      const isOne = items.length === 1 && items[0]?.type === 'message' && parts.length === 1;
      if (status !== 'completed' || !isOne || parts[0]?.type !== 'output_text') return undefined;
      return textOf(parts[0].text);
    },
  },
  chat: {
    isOf: ({ chat }) => typeof chat?.completions?.create === 'function',
    ask: (client, question, signal) =>
      (client as Required<JudgeClient>).chat.completions.create(
        {
          model: question.model,
          messages: [
            { role: 'system', content: question.instructions },
            { role: 'user', content: question.message },
          ],
          store: false,
          max_completion_tokens: question.maxOutputTokens,
          response_format: {
            type: 'json_schema',
            json_schema: { name, strict: true, schema: schema() },
          },
          ...warmth(question),
        },
        { signal },
      ),
    read: ({ choices }) => {
      const all = listOf(choices).map(fieldsOf);
      const { content, refusal, tool_calls: calls } = fieldsOf(all[0]?.message);
      const isPlain = all.length === 1 && all[0]?.finish_reason === 'stop';
      if (!isPlain || (refusal ?? '') !== '' || listOf(calls).length > 0) return undefined;
      return textOf(content);
    },
  },
};

// By its letters: a parser would take the last of two answers for the only one.
const verdict = /^\s*\{\s*"answer"\s*:\s*"(first|second|tie)"\s*\}\s*$/;

/** A text that is longer is no verdict, and not looked through for one. */
const longestVerdict = 1_000;

/** The verdict that a model has written; undefined: it is anything but what the schema says. */
export function verdictIn(text: string | undefined): JudgeAnswer | undefined {
  if (text === undefined || text.length > longestVerdict) return undefined;
  return verdict.exec(text)?.[1] as JudgeAnswer | undefined;
}
