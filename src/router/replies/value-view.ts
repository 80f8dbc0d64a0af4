import { attempt, disregard } from '../../core/attempt.ts';
import type { ReplyView, ToolCall } from '../../core/call/subject.ts';

/** Where handlers usually put the text of their reply, in the order in which it is looked for. */
const textFields = ['text', 'output', 'content', 'finalOutput', 'reply'] as const;

/**
 * Whether it is what the AI SDK's `streamText` gives. Each of its fields is a promise, and asking for one reads the stream with its
 * reader.
 */
export const isLate = (fields: Record<string, unknown>): boolean =>
  typeof fieldOf(fields, 'toTextStreamResponse') === 'function';

/** A field that cannot be had is not there: asked for the `output` of a call of tools, the AI SDK's `generateText` throws. */
export const fieldOf = (fields: Readonly<Record<string, unknown>>, name: string): unknown =>
  attempt(() => fields[name]);

/** The first that says something; else, where there is any, an empty one. */
function textIn(fields: Record<string, unknown>): string | undefined {
  let found: string | undefined;
  for (const name of textFields) {
    const value = fieldOf(fields, name);
    if (typeof value === 'string') found = value;
    // One that was asked for here alone would reject unhandled, and end the process.
    else disregard(value);
    if (found) return found;
  }
  return found;
}

/** Up to the AI SDK's version 6, `toolCalls` are those of the last step, while a stream of it tells of those of all. */
function callsIn(fields: Record<string, unknown>): unknown {
  const [own, steps] = [fieldOf(fields, 'toolCalls'), fieldOf(fields, 'steps')];
  disregard(own);
  disregard(steps);
  if (!Array.isArray(own) || !Array.isArray(steps)) return own;
  const all = steps.map((step) => fieldOf(step, 'toolCalls'));
  return all.length > 0 && all.every(Array.isArray) ? all.flat() : own;
}

/** Reads a string, or an object with its text in a usual field; undefined: not readable without the app's own `view`. */
export function viewByDefault(reply: unknown): ReplyView | undefined {
  if (typeof reply === 'string') return { text: reply };
  if (typeof reply !== 'object' || reply === null) return undefined;
  const fields = reply as Record<string, unknown>;
  if (isLate(fields)) return undefined;
  const text = textIn(fields);
  if (text === undefined) return undefined;
  const toolCalls = callsIn(fields);
  return Array.isArray(toolCalls)
    ? { text, toolCalls: toolCalls as readonly ToolCall[] }
    : { text };
}

/** Whether a reply is a failed HTTP response, without touching the global `Response` (reading it loads Node's fetch). */
export function isFailureByDefault(reply: unknown): boolean {
  if (typeof reply !== 'object' || reply === null) return false;
  const { status, headers } = reply as { status?: unknown; headers?: { get?: unknown } };
  return typeof status === 'number' && status >= 500 && typeof headers?.get === 'function';
}
