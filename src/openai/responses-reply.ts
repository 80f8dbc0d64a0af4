import { CutoverError } from '../core/errors.ts';
import { parsedJson } from '../core/parsed-json.ts';
import type { ToolCall } from '../core/subject.ts';
import { type Fields, fieldsOf, listOf, textOf } from './fields.ts';
import type { ResponsesReply } from './responses-options.ts';
import { tokenUsageOf } from './token-usage-of.ts';

/** Where a call says what it was called with; a type without a row says it in several fields or not at all. */
const given: Readonly<Record<string, (item: Fields) => unknown>> = {
  function_call: (item) => parsedJson(item.arguments),
  mcp_call: (item) => parsedJson(item.arguments),
  custom_tool_call: (item) => item.input,
  web_search_call: (item) => item.action,
  computer_call: (item) => item.action,
  local_shell_call: (item) => item.action,
  shell_call: (item) => item.action,
  file_search_call: ({ queries }) => ({ queries }),
  code_interpreter_call: ({ code }) => ({ code }),
};

function toToolCall(item: Fields): ToolCall | undefined {
  const type = textOf(item.type) ?? '';
  if (!type.endsWith('_call')) return undefined;
  const result = item.output ?? item.outputs ?? item.results ?? undefined;
  return {
    name: textOf(item.name) ?? type.replace(/(_tool)?_call$/, ''),
    arguments: Object.hasOwn(given, type) ? given[type]?.(item) : {},
    ...(result === undefined || result === null ? undefined : { result }),
  };
}

function textsOf(item: Fields): string[] {
  if (item.type !== 'message') return [];
  return listOf(item.content)
    .map(fieldsOf)
    .map(({ text, refusal }) => textOf(text) ?? textOf(refusal) ?? '');
}

/** What a response says of itself, whatever its state. */
export function readResponse(response: unknown): ResponsesReply {
  const fields = fieldsOf(response);
  const items = listOf(fields.output).map(fieldsOf);
  const usage = tokenUsageOf(fields.usage);
  const { reason } = fieldsOf(fields.incomplete_details);
  return {
    text: items.flatMap(textsOf).join(''),
    toolCalls: items.map(toToolCall).filter((call) => call !== undefined),
    responseId: textOf(fields.id) ?? '',
    ...(fields.status === 'incomplete' && { incomplete: textOf(reason) ?? 'unknown' }),
    ...(usage && { usage }),
  };
}

/** @throws CutoverError `ERR_OPENAI_RESPONSE_FAILED` for a response that has failed or that is not finished */
export function finishedReply(response: unknown): ResponsesReply {
  const { id, status, error } = fieldsOf(response);
  if (status === undefined || status === 'completed' || status === 'incomplete') {
    return readResponse(response);
  }
  const code = textOf(fieldsOf(error).code);
  const why = code === undefined ? '' : ` (${code})`;
  throw new CutoverError(
    'ERR_OPENAI_RESPONSE_FAILED',
    `The response ${textOf(id) ?? ''} gave no reply: its status is ${textOf(status)}${why}.`,
  );
}
