import type { ToolCall } from '../../core/call/subject.ts';
import type { TokenUsage } from '../../core/call/token-usage.ts';
import { check, issuesOf, orFalse, refuse, required } from '../../core/option-checks.ts';
import type { LegWithShadow } from '../leg-with-shadow.ts';

/** What a leg uses of a client of the package `openai`, version 6 or newer. */
export interface ResponsesClient {
  readonly responses: {
    create(body: object, options?: object): PromiseLike<unknown>;
  };
}

/** What the Responses API answered. */
export interface ResponsesReply {
  /** The texts of its messages. */
  text: string;
  /** Functions that it wants to be called, which nobody here calls, and hosted tools that ran, with results where there are. */
  toolCalls: readonly ToolCall[];
  responseId: string;
  /** Why the text ends early: `max_output_tokens`, `content_filter`; absent: it is whole. */
  incomplete?: string;
  /** Absent: the service does not tell. */
  usage?: TokenUsage;
}

/** The events of a response, as the client gives them. */
export type ResponsesStream = AsyncIterable<{ readonly type: string }>;

/** What both kinds of legs are made of. */
export interface ResponsesRequestOptions<A extends unknown[] = unknown[]> {
  /** A client of the package `openai`, or of a compatible one; it brings address, key, retries and timeouts. */
  client: ResponsesClient;
  /** The model; a `prompt` may bring its own. */
  model?: string | undefined;
  /** A prompt that is kept by the service, with its version and variables. */
  prompt?: object | undefined;
  /** What the user says: a text, or items as the service takes them. @default the last argument that is a text */
  input?:
    | ((...args: A) => string | readonly object[] | Promise<string | readonly object[]>)
    | undefined;
  /** What the model is told before the conversation. @default none */
  instructions?: string | undefined;
  /** Tools as the Responses API takes them; of hosted ones the shadow keeps those of `readOnly` alone. @default none */
  tools?: readonly object[] | undefined;
  /** Whether the service keeps the response; one in the shadow is never kept. @default the service's own */
  store?: boolean | undefined;
  /** The conversation that the service keeps, to which it adds. Left out in the shadow. */
  conversationOf?: ((...args: A) => string | undefined | Promise<string | undefined>) | undefined;
  /** The response that this one goes on from. */
  previousResponseOf?:
    | ((...args: A) => string | undefined | Promise<string | undefined>)
    | undefined;
  /**
   * How many turns of `context.history()` a candidate, and a leg in the shadow, begin with before their input; `false`: none. None
   * where the service keeps the conversation.
   *
   * @default 50, where the input is a text, or a list without a word of the assistant's; else none, since it is the conversation
   */
  history?: number | false | undefined;
  /** What else is asked for, over all other options but `stream`: `temperature`, `metadata`, … */
  request?: ((...args: A) => object | Promise<object>) | undefined;
  /** The signal of the caller. A candidate has its context's. */
  signalOf?: ((...args: A) => AbortSignal | undefined) | undefined;
  /** Names of MCP servers, and types of hosted tools, that change nothing: a response in the shadow has no others. */
  readOnly?: readonly string[] | undefined;
}

/** A leg that answers when the response is whole. */
export interface ResponsesLegOptions<A extends unknown[] = unknown[], R = ResponsesReply>
  extends ResponsesRequestOptions<A> {
  /** The reply is whole. @default false */
  stream?: false | undefined;
  /** Makes the reply of the handler. @default the whole of it */
  reply?: ((reply: ResponsesReply) => R | Promise<R>) | undefined;
}

/** A leg that answers while the response is made. */
export interface ResponsesStreamOptions<A extends unknown[] = unknown[], R = ResponsesStream>
  extends ResponsesRequestOptions<A> {
  /** The reply begins while the response is made. */
  stream: true;
  /** Makes the reply of the handler, before there is one. @default the client's events */
  reply?: ((stream: ResponsesStream) => R | Promise<R>) | undefined;
}

/**
 * A handler that asks for a response, and the same for the shadow: `shadow` is the leg as `legacyShadow`, which is kept by nobody, is
 * added to no conversation, and has no hosted tools but those named in `readOnly`.
 */
export type ResponsesLeg<A extends unknown[], R> = LegWithShadow<A, R>;

/** Options of either kind, whatever the arguments. */
export type AnyResponsesOptions =
  | ResponsesLegOptions<unknown[], unknown>
  | ResponsesStreamOptions<unknown[], unknown>;

const tools = {
  test: (value: unknown) =>
    Array.isArray(value) && value.every((tool) => typeof tool === 'object' && tool !== null),
  must: 'be a list of objects',
};

const checks = {
  client: required({
    test: (value) =>
      typeof (value as Partial<ResponsesClient> | null)?.responses?.create === 'function',
    must: 'be an object with responses.create()',
  }),
  model: check.text,
  prompt: check.object,
  input: check.function,
  instructions: check.text,
  tools,
  store: check.boolean,
  conversationOf: check.function,
  previousResponseOf: check.function,
  history: orFalse(check.count),
  request: check.function,
  signalOf: check.function,
  readOnly: check.names,
  stream: check.boolean,
  reply: check.function,
};

/** @throws InvalidOptionsError with every option that cannot be used */
export function refuseResponsesOptions(subject: string, options: AnyResponsesOptions): void {
  const issues = issuesOf(options, checks);
  const { model, prompt, request } = options ?? {};
  if (model === undefined && prompt === undefined && request === undefined) {
    issues.push('model is missing: it must be given, or a prompt');
  }
  refuse(subject, issues);
}
