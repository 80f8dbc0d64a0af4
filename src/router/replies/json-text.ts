import { disregard } from '../../core/attempt.ts';
import { isLate, viewByDefault } from './value-view.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const nested = ['text', 'output_text', 'output', 'content', 'refusal'] as const;

function partsText(parts: readonly unknown[]): string | undefined {
  const texts = parts.map(jsonText).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join('');
}

/**
 * Finds the answer's text in a JSON body of a common shape: what the router reads of a returned value, `message.content`,
 * or the `choices`, `output` and `content` items of OpenAI's APIs. Undefined for any other shape.
 */
export function jsonText(body: unknown): string | undefined {
  const direct = viewByDefault(body)?.text;
  if (direct !== undefined || !isFields(body) || isLate(body)) return direct;
  for (const name of nested) {
    const value = body[name];
    if (typeof value === 'string') return value;
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
