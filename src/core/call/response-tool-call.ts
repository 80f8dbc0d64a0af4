import { parsedJson } from '../text/parsed-json.ts';
import type { ToolCall } from './subject.ts';

/** An item of the Responses API: any field may be missing. */
export type ResponseItem = Readonly<Record<string, unknown>>;

/** Where a call says what it was called with; a type without a row says it in several fields or not at all. */
const given: Readonly<Record<string, (item: ResponseItem) => unknown>> = {
  function_call: (item) => parsedJson(item.arguments),
  mcp_call: (item) => parsedJson(item.arguments),
  tool_search_call: (item) => parsedJson(item.arguments),
  custom_tool_call: (item) => item.input,
  web_search_call: (item) => item.action,
  // Newer models ask for several actions at once.
  computer_call: ({ action, actions }) => action ?? actions,
  apply_patch_call: (item) => item.operation,
  local_shell_call: (item) => item.action,
  shell_call: (item) => item.action,
  file_search_call: ({ queries }) => ({ queries }),
  code_interpreter_call: ({ code }) => ({ code }),
};

/** What a call was called with; nothing where its type has no row. */
export function givenIn(item: ResponseItem): unknown {
  const { type } = item;
  return typeof type === 'string' && Object.hasOwn(given, type) ? given[type]?.(item) : {};
}

/** The call that an item of a response tells of, by one name whichever leg has made it; undefined: it is no call. */
export function responseToolCall(item: ResponseItem): ToolCall | undefined {
  const { type, name } = item;
  if (typeof type !== 'string' || !type.endsWith('_call')) return undefined;
  const result = item.output ?? item.outputs ?? item.results ?? undefined;
  return {
    name: typeof name === 'string' ? name : type.replace(/(_tool)?_call$/, ''),
    arguments: givenIn(item),
    ...(result === undefined || result === null ? undefined : { result }),
  };
}
