import { disregard } from '../../core/attempt.ts';
import { fieldOf, isLate, viewByDefault } from './value-view.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const nested = ['text', 'output_text', 'output', 'content', 'refusal'] as const;

/** What a model has thought, and what its tools were given and have answered, is nothing that a user is told. */
const untold = /reasoning|thinking|tool|_call|mcp|compaction/;

function isTold(part: unknown): boolean {
  const type = isFields(part) ? fieldOf(part, 'type') : undefined;
  return typeof type !== 'string' || !untold.test(type);
}

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
    const value = fieldOf(body, name);
    if (typeof value === 'string' && value !== '') return value;
    const inner = isFields(value) ? fieldOf(value, 'value') : undefined;
    if (typeof inner === 'string') return inner;
    const text = Array.isArray(value) ? partsText(value) : undefined;
    if (text !== undefined) return text;
    disregard(value);
  }
  const message = fieldOf(body, 'message');
  if (isFields(message)) return jsonText(only(message, 'content', 'refusal'));
  const choices = fieldOf(body, 'choices');
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isFields(first) ? jsonText(only(first, 'text', 'message')) : undefined;
}

const only = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, fieldOf(fields, name)]));
