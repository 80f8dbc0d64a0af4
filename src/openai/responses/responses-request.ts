import type { Turn } from '../../core/call/subject.ts';
import { givenOptions } from '../../core/given-options.ts';
import { lastText } from '../../core/text/last-text.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../fields.ts';
import { messagesOf } from '../messages-of.ts';
import type { AnyResponsesOptions } from './responses-options.ts';

/** Tools that the service does not run: it only says that it wants them to be. */
const called: ReadonlySet<string> = new Set(['function', 'custom']);

/** Tools that the service runs and that change nothing outside it. */
const quiet: ReadonlySet<string> = new Set([
  'web_search',
  'web_search_preview',
  'file_search',
  'code_interpreter',
  'image_generation',
]);

const typeOf = (tool: unknown): string => textOf(fieldsOf(tool).type) ?? '';

/** Whether a tool is only told; a namespace is what it holds. */
function isCalled(tool: unknown): boolean {
  if (typeOf(tool) !== 'namespace') return called.has(typeOf(tool));
  const held = listOf(fieldsOf(tool).tools);
  return held.length > 0 && held.every(isCalled);
}

const nameOf = (tool: unknown): string => {
  const { server_label: label, type } = fieldsOf(tool);
  return textOf(label) ?? textOf(type) ?? '';
};

/** How a tool is named where the tools of a choice are listed. */
function referenceTo(tool: unknown): object {
  const { type, name, server_label } = fieldsOf(tool);
  return {
    type,
    ...(name !== undefined && { name }),
    ...(server_label !== undefined && { server_label }),
  };
}

/** What a call asks for. */
export async function requestOf(options: AnyResponsesOptions, args: unknown[]): Promise<Fields> {
  const { model, prompt, instructions, tools, store, stream } = options;
  const { input, request, conversationOf, previousResponseOf } = options;
  const [said, others, conversation, previous_response_id] = await Promise.all([
    input === undefined ? lastText(args, 'a leg of responses') : input(...args),
    request?.(...args),
    conversationOf?.(...args),
    previousResponseOf?.(...args),
  ]);
  return givenOptions({
    ...{ model, prompt, instructions, tools, store },
    ...{ conversation, previous_response_id, input: said },
    ...givenOptions(fieldsOf(others)),
    stream: stream === true ? true : undefined,
  });
}

/** Whether the service itself may change something for this request, without anyone being asked. */
export function mayAct(request: Fields, readOnly: ReadonlySet<string>): boolean {
  return listOf(request.tools).some((tool) => {
    return !isCalled(tool) && !quiet.has(typeOf(tool)) && !readOnly.has(nameOf(tool));
  });
}

/** Whether the app has chosen one tool that is left. */
function isLeft(choice: unknown, kept: readonly unknown[]): boolean {
  const { type, name } = fieldsOf(choice);
  const isChosen = (tool: unknown): boolean =>
    typeOf(tool) === type && fieldsOf(tool).name === name;
  return called.has(textOf(type) ?? '') && kept.some(isChosen);
}

/** The choice of tools that keeps a response to those that are left to it. */
function choiceOf({ prompt, tool_choice }: Fields, kept: readonly unknown[]): unknown {
  if (kept.length === 0) return 'none';
  if (isLeft(tool_choice, kept)) return tool_choice;
  if (prompt === undefined) return 'auto';
  // A prompt may bring tools of its own, which nobody here has seen.
  return { type: 'allowed_tools', mode: 'auto', tools: kept.map(referenceTo) };
}

/** The same request as one that changes nothing: nothing is kept, and no tool runs that is not said to be read-only. */
export function harmless(request: Fields, readOnly: ReadonlySet<string>): Fields {
  const { conversation: _, background: __, ...rest } = request;
  const tools = listOf(request.tools);
  const kept = tools.filter((tool) => isCalled(tool) || readOnly.has(nameOf(tool)));
  const isWhole = kept.length === tools.length && request.prompt === undefined;
  const limits = isWhole ? undefined : { tools: kept, tool_choice: choiceOf(request, kept) };
  return { ...rest, store: false, ...limits };
}

/** Turns that a request begins with, where the app does not say how many. */
const mostTurns = 50;

/** A list with a word of the assistant's is a conversation already. */
export function turnsFor({ input }: Fields): number | false {
  const isConversation = listOf(input).some((item) => fieldsOf(item).role === 'assistant');
  return isConversation ? false : mostTurns;
}

/** The same request with the turns before it, unless the service keeps them. */
export function withTurns(request: Fields, turns: readonly Turn[]): Fields {
  const isKept = request.conversation !== undefined || request.previous_response_id !== undefined;
  const messages = messagesOf(turns);
  if (isKept || messages.length === 0) return request;
  const { input } = request;
  const said = typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input);
  return { ...request, input: [...messages, ...said] };
}
