import { attempt, disregard } from '../../core/attempt.ts';
import { looksLikeJson } from '../../core/text/parsed-json.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Types of what is called, and of events that tell of it, in OpenAI's, the Agents SDK's and the AI SDK's formats. */
const ofTool = /^function$|^(?:dynamic-)?tool(?:[-_]|$)|_call(?:[_.]|$)|approval_request$/;

/** Where these formats have what was called. */
const holders = [
  'choices',
  'content',
  'data',
  'delta',
  'interruptions',
  'item',
  'message',
  'output',
  'parts',
  'response',
  'tool_calls',
  'toolCalls',
] as const;

/** No format has it deeper: in an item of a list of a delta of a choice. */
const deepest = 7;

/** Whether a reply, or an event of one, calls tools or waits for somebody's word on one. */
export function callsTools(value: unknown, depth = deepest): boolean {
  if (typeof value !== 'object' || value === null || depth === 0) return false;
  if (Array.isArray(value)) return value.some((one) => callsTools(one, depth - 1));
  const fields = value as Fields;
  if (typeof fields.type === 'string' && ofTool.test(fields.type)) return true;
  if (typeof fields.toolCallId === 'string') return true;
  return holders.some((name) => {
    // A result of the AI SDK refuses to be asked for an output that it does not have.
    const held = attempt(() => fields[name]);
    // One that was asked for here alone would reject unhandled.
    disregard(held);
    return callsTools(held, depth - 1);
  });
}

const before = /^(?:data: ?|[\da-k]:)/;

const parsedCalls = (text: string): boolean =>
  looksLikeJson(text) && attempt(() => callsTools(JSON.parse(text))) === true;

/** The same of a body: JSON, server-sent events, or lines of JSON. */
export function bodyCallsTools(body: string): boolean {
  if (!/tool|_call|approval/.test(body)) return false;
  return (
    parsedCalls(body) || body.split('\n').some((line) => parsedCalls(line.replace(before, '')))
  );
}
