import type { ToolCall } from '../../core/call/subject.ts';
import { parsedJson } from '../../core/text/parsed-json.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../fields.ts';
import type { Lifetime } from '../lifetime.ts';
import { tokenUsageOf } from '../token-usage-of.ts';
import { type AssistantsApi, pathTo } from './assistants-api.ts';
import type { AssistantsReply } from './assistants-options.ts';

/** Pages of steps that are read, of a hundred each. */
const mostPages = 10;

interface Content {
  readonly texts: string[];
  readonly images: string[];
}

/** What a part of a message adds, by its type. */
const parts: Readonly<Record<string, (part: Fields, content: Content) => void>> = {
  text: ({ text }, { texts }) => {
    texts.push(textOf(fieldsOf(text).value) ?? textOf(text) ?? '');
  },
  refusal: ({ refusal }, { texts }) => {
    texts.push(textOf(refusal) ?? '');
  },
  image_file: ({ image_file: file }, { images }) => {
    images.push(textOf(fieldsOf(file).file_id) ?? '');
  },
  image_url: ({ image_url: image }, { images }) => {
    images.push(textOf(fieldsOf(image).url) ?? '');
  },
};

function contentOf(message: Fields): Content {
  const content: Content = { texts: [], images: [] };
  for (const item of listOf(message.content)) {
    const part = fieldsOf(item);
    const type = textOf(part.type) ?? '';
    if (Object.hasOwn(parts, type)) parts[type]?.(part, content);
  }
  return content;
}

/** The last message of a run; no fields when it said nothing. Servers that cannot filter by run give others as well. */
async function lastMessage(
  api: AssistantsApi,
  signal: AbortSignal,
  threadId: string,
  runId: string,
): Promise<Fields> {
  const query = { run_id: runId, order: 'desc', limit: 20 };
  const { body } = await api.get(pathTo('threads', threadId, 'messages'), signal, query);
  const said = listOf(body.data)
    .map(fieldsOf)
    .find(({ role, run_id: of = runId }) => role === 'assistant' && of === runId);
  return said ?? {};
}

/** What ran: a function by its name, a hosted tool by its type. */
function toToolCall(call: unknown): ToolCall {
  const { type, function: called, ...rest } = fieldsOf(call);
  const kind = textOf(type) ?? 'unknown';
  const {
    name,
    arguments: given,
    output,
    outputs,
    results,
    ...others
  } = fieldsOf(kind === 'function' ? called : rest[kind]);
  const result = output ?? outputs ?? results;
  return {
    name: textOf(name) ?? kind,
    arguments: given === undefined ? others : parsedJson(given),
    ...(result === undefined || result === null ? undefined : { result }),
  };
}

async function toolCallsOf(
  api: AssistantsApi,
  signal: AbortSignal,
  threadId: string,
  runId: string,
): Promise<ToolCall[]> {
  const path = pathTo('threads', threadId, 'runs', runId, 'steps');
  const calls: ToolCall[] = [];
  let after: unknown;
  for (let page = 0; page < mostPages; page += 1) {
    const query = { order: 'asc', limit: 100, ...(after === undefined ? undefined : { after }) };
    const { body } = await api.get(path, signal, query);
    const steps = listOf(body.data).map((step) => fieldsOf(fieldsOf(step).step_details));
    calls.push(...steps.flatMap((step) => listOf(step.tool_calls).map(toToolCall)));
    after = body.last_id;
    if (body.has_more !== true || after === undefined) break;
  }
  return calls;
}

/** Reads what a finished run answered. Its tools are a matter of record: where they cannot be read, the reply stands. */
export async function readReply(
  api: AssistantsApi,
  lifetime: Lifetime,
  threadId: string,
  run: Fields,
): Promise<AssistantsReply> {
  const runId = textOf(run.id) ?? '';
  const { signal } = lifetime;
  const hasNoTools = Array.isArray(run.tools) && run.tools.length === 0;
  const [message, toolCalls] = await lifetime.until(
    Promise.all([
      lastMessage(api, signal, threadId, runId),
      hasNoTools ? [] : toolCallsOf(api, signal, threadId, runId).catch(() => undefined),
    ]),
  );
  const { texts, images } = contentOf(message);
  const usage = tokenUsageOf(run.usage);
  return {
    text: texts.join('\n'),
    images,
    threadId,
    runId,
    ...(toolCalls && { toolCalls }),
    ...(usage && { usage }),
  };
}
