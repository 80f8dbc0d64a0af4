import { responseToolCall } from '../../core/call/response-tool-call.ts';
import { CutoverError } from '../../core/errors.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../fields.ts';
import { tokenUsageOf } from '../token-usage-of.ts';
import type { ResponsesReply } from './responses-options.ts';

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
    toolCalls: items.map(responseToolCall).filter((call) => call !== undefined),
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
