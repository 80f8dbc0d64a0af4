import { disregard } from '../../core/attempt.ts';
import { isLate, viewByDefault } from './value-view.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const nested = ['text', 'output_text', 'output', 'content', 'refusal'] as const;

/** What a model has thought, and what its tools were given and have answered, is nothing that a user is told. */
const untold = /reasoning|thinking|tool|_call|mcp|compaction/;

const isTold = (part: unknown): boolean =>
  !isFields(part) || typeof part.type !== 'string' || !untold.test(part.type);

function partsText(parts: readonly unknown[]): string | undefined {
  const texts = parts
    .filter(isTold)
    .map(jsonText)
    .filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join('');
}

/**
 * Finds the answer's text in a value or a JSON body of a common shape: a text in a usual field, `message.content`,
 * or the `choices`, `output` and `content` items of OpenAI's APIs. Undefined for any other shape.
 */
export function jsonText(body: unknown): string | undefined {
  const direct = viewByDefault(body)?.text;
  if (direct || !isFields(body) || isLate(body)) return direct;
  return nestedText(body) ?? direct;
}

/** Behind an empty text there may be another: a refusal beside no content. */
function nestedText(body: Fields): string | undefined {
  for (const name of nested) {
    const value = body[name];
    if (typeof value === 'string' && value !== '') return value;
    if (isFields(value) && typeof value.value === 'string') return value.value;
    const text = Array.isArray(value) ? partsText(value) : undefined;
    if (text !== undefined) return text;
    disregard(value);
  }
  if (isFields(body.message)) {
    const { content, refusal } = body.message;
    return jsonText({ content, refusal });
  }
  const first: unknown = Array.isArray(body.choices) ? body.choices[0] : undefined;
  return isFields(first) ? jsonText({ text: first.text, message: first.message }) : undefined;
}
