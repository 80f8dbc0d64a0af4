import type { CallContext } from '../../core/call/call-context.ts';
import type { Replying } from '../../core/call/replying.ts';
import { shadowSafe } from '../../core/call/shadow-safe.ts';
import { type Fields, fieldsOf } from '../fields.ts';
import {
  type AnyResponsesOptions,
  type ResponsesLeg,
  type ResponsesLegOptions,
  type ResponsesReply,
  type ResponsesStream,
  type ResponsesStreamOptions,
  refuseResponsesOptions,
} from './responses-options.ts';
import { finishedReply, readResponse } from './responses-reply.ts';
import { harmless, mayAct, requestOf, turnsFor, withTurns } from './responses-request.ts';

function create(
  { client }: AnyResponsesOptions,
  request: Fields,
  signal: AbortSignal | undefined,
): PromiseLike<unknown> {
  return client.responses.create(request, signal === undefined ? {} : { signal });
}

/** What the handler answers with, of what the client gave. */
async function replyOf(
  options: AnyResponsesOptions,
  answered: unknown,
  told: (reply: ResponsesReply) => void,
): Promise<unknown> {
  if (options.stream) {
    const { reply = (stream: ResponsesStream) => stream } = options;
    return reply(answered as ResponsesStream);
  }
  told(readResponse(answered));
  const { reply = (whole: ResponsesReply) => whole } = options;
  return reply(finishedReply(answered));
}

/** The same events; what the last of them says of the response is told. */
async function* followed(
  stream: ResponsesStream,
  told: (reply: ResponsesReply) => void,
): AsyncGenerator<{ readonly type: string }, void, undefined> {
  for await (const event of stream) {
    if (/^response\.(completed|incomplete|failed)$/.test(event.type)) {
      told(readResponse(fieldsOf(event).response));
    }
    yield event;
  }
}

/**
 * Makes a leg of the Responses API: of a model, or of a prompt that the service keeps. It rejects with what the client throws, and
 * with `ERR_OPENAI_RESPONSE_FAILED` when a response has failed.
 *
 * @throws InvalidOptionsError with every option that cannot be used
 * @example
 * const legacy = responsesLeg({
 *   client: new OpenAI(),
 *   model: 'gpt-4.1',
 *   input: (userId: string, message: string) => message,
 *   reply: ({ text }) => text,
 * });
 */
export function responsesLeg<A extends unknown[], R = ResponsesStream>(
  options: Replying<ResponsesStreamOptions<A, R>, ResponsesStream, R>,
): ResponsesLeg<A, R>;
export function responsesLeg<A extends unknown[], R = ResponsesReply>(
  options: Replying<ResponsesLegOptions<A, R>, ResponsesReply, R>,
): ResponsesLeg<A, R>;
export function responsesLeg(options: AnyResponsesOptions): ResponsesLeg<unknown[], unknown> {
  refuseResponsesOptions('responsesLeg()', options);
  const leg = async (...args: unknown[]): Promise<unknown> => {
    const signal = options.signalOf?.(...args);
    const answered = await create(options, await requestOf(options, args), signal);
    return replyOf(options, answered, () => undefined);
  };
  return Object.assign(leg, { shadow: contextual(options) });
}

async function requestFor(
  options: AnyResponsesOptions,
  context: CallContext,
  args: unknown[],
): Promise<Fields> {
  const readOnly = new Set(options.readOnly);
  const asked = await requestOf(options, args);
  const request = context.mirrored ? harmless(asked, readOnly) : asked;
  const limit = options.history ?? turnsFor(request);
  const whole = limit === false ? request : withTurns(request, await context.history(limit));
  context.signal.throwIfAborted();
  if (!context.mirrored && mayAct(whole, readOnly)) context.commit();
  return whole;
}

type Contextual = (context: CallContext, ...args: unknown[]) => Promise<unknown>;

function contextual(options: AnyResponsesOptions): Contextual {
  return async (context, ...args) => {
    const told = ({ toolCalls, usage }: ResponsesReply): void =>
      context.report({ toolCalls, ...(usage && { usage }) });
    const request = await requestFor(options, context, args);
    const answered = await create(options, request, context.signal);
    const events = options.stream ? followed(answered as ResponsesStream, told) : answered;
    return replyOf(options, events, told);
  };
}

/**
 * Makes a candidate of the same options: it stops with `context.signal`, tells its tools and tokens by
 * `context.report`, and begins with the turns of `context.history()` unless the service keeps the conversation. It is declared
 * safe for the shadow: a mirrored response is not kept, is added to no conversation, and has no hosted tools but those named in
 * `readOnly`. A served one calls `context.commit()` first where a hosted tool may change something.
 *
 * @throws InvalidOptionsError with every option that cannot be used
 */
export function responsesCandidate<A extends unknown[], R = ResponsesStream>(
  options: Replying<ResponsesStreamOptions<A, R>, ResponsesStream, R>,
): (context: CallContext, ...args: A) => Promise<R>;
export function responsesCandidate<A extends unknown[], R = ResponsesReply>(
  options: Replying<ResponsesLegOptions<A, R>, ResponsesReply, R>,
): (context: CallContext, ...args: A) => Promise<R>;
export function responsesCandidate(options: AnyResponsesOptions): Contextual {
  refuseResponsesOptions('responsesCandidate()', options);
  return shadowSafe(contextual(options));
}
