import { hostedCall } from '../../core/call/hosted-call.ts';
import { responseToolCall } from '../../core/call/response-tool-call.ts';
import type { ToolCall } from '../../core/call/subject.ts';
import { type EventFields, fields, text } from './event-fields.ts';
import type { StreamedCalls } from './streamed-calls.ts';

/**
 * What an event says of the answer's bounds. It `begins`, or `may begin` where streams of apps' own say the same; it `goes on`,
 * which begins it as well, after its end only where it says more; it `ends`.
 */
export type Phase = 'begins' | 'may begin' | 'goes on' | 'ends';

/** A wire format of streams. */
export interface EventProtocol {
  /** Whether an event is of this format. */
  readonly speaks: (event: EventFields) => boolean;
  /** What an event adds to the answer's text. */
  readonly text: (event: EventFields) => string;
  /** Absent: the format says nothing of the answer's bounds. */
  readonly phase?: (event: EventFields) => Phase | undefined;
  /** Adds the calls of tools that an event tells of. Absent: the format tells of none. */
  readonly calls?: (event: EventFields, calls: StreamedCalls) => void;
  /** The event of another format that an event carries, by which that one's bounds are known. */
  readonly carried?: (event: EventFields) => CarriedEvent | undefined;
}

interface CarriedEvent {
  readonly event: EventFields;
  readonly protocol: EventProtocol;
}

const typed = (pattern: RegExp, event: EventFields): boolean => pattern.test(text(event.type));

/** Of several, each event may hold one alone, by its index. */
const firstChoice = ({ choices }: EventFields): EventFields => {
  for (const choice of choices as readonly unknown[]) {
    const one = fields(choice);
    if ((one.index ?? 0) === 0) return one;
  }
  return {};
};

function byType(
  phases: Readonly<Record<string, Phase>>,
): (event: EventFields) => Phase | undefined {
  const ofTypes: ReadonlyMap<unknown, Phase> = new Map(Object.entries(phases));
  return ({ type }) => ofTypes.get(type);
}

const ofResponse = byType({
  'response.created': 'begins',
  'response.queued': 'begins',
  'response.in_progress': 'begins',
  'response.completed': 'ends',
  'response.incomplete': 'ends',
});
const ofModel = byType({ response_started: 'begins', response_done: 'ends' });

/** OpenAI chat completions, and the older completions. */
const completions: EventProtocol = {
  speaks: (event) => Array.isArray(event.choices),
  text: (event) => {
    const choice = firstChoice(event);
    const { content, refusal } = fields(choice.delta);
    return text(content) || text(refusal) || text(choice.text);
  },
  phase: (event) => {
    if ((firstChoice(event).finish_reason ?? null) !== null) return 'ends';
    return event.object === 'chat.completion.chunk' ? 'goes on' : undefined;
  },
  calls: (event, calls) => {
    const pieces = fields(firstChoice(event).delta).tool_calls;
    if (Array.isArray(pieces)) for (const piece of pieces) calls.addPiece(piece);
  },
};

/** The calls of the AI SDK's messages, and of its full stream; those that it could not check are calls all the same. */
const callTypes: ReadonlySet<unknown> = new Set([
  'tool-input-available',
  'tool-input-error',
  'tool-call',
]);

/** What an item of a run tells of, in the SDK's words. */
function runCall(item: unknown): ToolCall | undefined {
  const raw = fields(fields(item).rawItem);
  return raw.type === 'hosted_tool_call' ? hostedCall(raw) : responseToolCall(raw);
}

/** How each format carries its text. The first that speaks an event reads it. */
export const eventProtocols: readonly EventProtocol[] = [
  completions,
  {
    // OpenAI Responses: the closing events repeat the whole text
    speaks: (event) => typed(/^response\./, event),
    text: (event) =>
      typed(/^response\.(output_text|refusal)\.delta$/, event) ? text(event.delta) : '',
    phase: ofResponse,
    calls: (event, calls) => {
      if (event.type !== 'response.output_item.done') return;
      const call = responseToolCall(fields(event.item));
      if (call !== undefined) calls.add(call.name, call.arguments);
    },
  },
  {
    // Run events of the OpenAI Agents SDK: those of the model hold the deltas, the others repeat what was made of them
    speaks: (event) => typed(/^(raw_model|run_item|agent_updated)_stream_event$/, event),
    text: (event) => {
      const data = fields(event.data);
      return data.type === 'output_text_delta' ? text(data.delta) : '';
    },
    phase: ({ data }) => ofModel(fields(data)),
    calls: ({ name, item }, calls) => {
      const call = name === 'tool_called' ? runCall(item) : undefined;
      if (call !== undefined) calls.add(call.name, call.arguments);
    },
    // The SDK makes a whole response of half a completion; what the model has sent tells.
    carried: ({ data }) => {
      const event = fields(fields(data).event);
      return completions.speaks(event) ? { event, protocol: completions } : undefined;
    },
  },
  {
    // The AI SDK's message stream
    speaks: (event) =>
      typed(/^((start|finish)(-step)?|abort|(text|reasoning|tool|source|data)-.+)$/, event),
    text: (event) =>
      event.type === 'text-delta'
        ? text(event.delta) || text(event.textDelta) || text(event.text)
        : '',
    phase: byType({ start: 'may begin', finish: 'ends' }),
    calls: ({ type, toolName, input, args }, calls) => {
      if (type === 'start') calls.areTold();
      else if (callTypes.has(type)) calls.add(toolName, input ?? args);
    },
  },
  {
    // Assistants and what is compatible with them
    speaks: (event) => /^thread\./.test(text(event.object)),
    text: (event) => {
      const content = fields(event.delta).content;
      if (!Array.isArray(content)) return '';
      return content.map((part) => text(fields(fields(part).text).value)).join('');
    },
  },
];

/** How an assistant's run ends whose answer is not whole. */
const lostRun = ({ object, status }: EventFields): boolean =>
  object === 'thread.run' && /^(failed|cancelled|expired)$/.test(text(status));

/** A tool's error is no failure of the stream: the AI SDK hands it to the model, which answers all the same. */
const tellsError = (event: EventFields): boolean => Boolean(event.error) && !typed(/^tool-/, event);

/** The AI SDK has sent what has failed before it, and an app may have kept that from its users. */
const endedByError = ({ type, finishReason }: EventFields): boolean =>
  type === 'finish' && finishReason === 'error';

const failures: ReadonlySet<unknown> = new Set(['error', 'abort', 'response.failed']);

/** Whether an event tells that its stream has failed. */
export const tellsFailure = (event: EventFields): boolean =>
  failures.has(event.type) || tellsError(event) || lostRun(event) || endedByError(event);
