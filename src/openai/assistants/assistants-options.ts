import type { ToolCall } from '../../core/call/subject.ts';
import type { TokenUsage } from '../../core/call/token-usage.ts';
import { check, having, issuesOf, oneOf, refuse, required } from '../../core/option-checks.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { LegWithShadow } from '../leg-with-shadow.ts';
import type { AssistantsClient } from './assistants-client.ts';

/** What a run of an assistant answered. */
export interface AssistantsReply {
  /** The texts of the run's last message, joined by line breaks; annotations stay in them as they are. */
  text: string;
  /** What the run's steps tell of its tools, with results where there are; absent: they could not be read. */
  toolCalls?: readonly ToolCall[];
  /** Ids of files, or addresses, of the message's images. */
  images: readonly string[];
  threadId: string;
  runId: string;
  /** Absent: the service does not tell. */
  usage?: TokenUsage;
}

/** A call of one of the app's functions, whose result a run waits for. */
export interface RequestedToolCall {
  readonly id: string;
  readonly name: string;
  /** Parsed; the text itself where it is no JSON. */
  readonly arguments: unknown;
}

/** The run that waits for results. */
export interface WaitingRun {
  readonly threadId: string;
  readonly runId: string;
  /** Aborts when the call is over. */
  readonly signal: AbortSignal;
}

/** A leg that asks an assistant. */
export interface AssistantsLegOptions<A extends unknown[] = unknown[], R = AssistantsReply> {
  /** A client of the package `openai`, or of a compatible one; it brings address, key, retries and timeouts. */
  client: AssistantsClient;
  /** Of the assistant that answers, as its service names it: `asst_…`. */
  assistantId: string;
  /** The thread of the conversation that a call belongs to. */
  threadOf: (...args: A) => string | Promise<string>;
  /** What the user says: a text, or parts of a message as the service takes them. @default the last argument that is a text */
  input?:
    | ((...args: A) => string | readonly object[] | Promise<string | readonly object[]>)
    | undefined;
  /** The signal of the caller; the run is cancelled when it aborts. */
  signalOf?: ((...args: A) => AbortSignal | undefined) | undefined;
  /** What else a run is begun with: `additional_instructions`, `metadata`, … */
  run?: ((...args: A) => object | Promise<object>) | undefined;
  /**
   * Runs the app's functions; gives their results in the order of the calls, what is no text as JSON, or as the service takes
   * them, with `tool_call_id` and `output`. Absent: a run that asks for one fails with `ERR_OPENAI_RUN_NEEDS_TOOLS`.
   */
  toolOutputs?:
    | ((
        calls: readonly RequestedToolCall[],
        run: WaitingRun,
        ...args: A
      ) => readonly unknown[] | Promise<readonly unknown[]>)
    | undefined;
  /** Makes the reply of the handler. @default the whole of it */
  reply?: ((reply: AssistantsReply) => R | Promise<R>) | undefined;
  /**
   * Milliseconds before the first look at a run; each next wait is half as long again. A service that says when to look is obeyed.
   *
   * @default 500
   */
  pollMs?: number | undefined;
  /** Milliseconds between two looks at most; the `openai` client's own pace. @default 5_000 */
  maxPollMs?: number | undefined;
  /** Milliseconds for the whole call; services let runs expire after ten minutes. @default 600_000 */
  timeoutMs?: number | undefined;
  /** What becomes of a call whose thread has an active run: it waits for its turn, or fails. @default 'wait' */
  busy?: 'wait' | 'fail' | undefined;
  /** Names of functions, and types of hosted tools, that change nothing: a run in the shadow has no others. */
  readOnly?: readonly string[] | undefined;
  /** Where time is read: a seam for tests. @default Node's own clock */
  clock?: Clock | undefined;
}

/**
 * A handler that asks an assistant, and the same for the shadow: `shadow` is the leg as `legacyShadow`. It asks in a thread of its
 * own, which begins with what `context.history()` tells and is deleted afterwards, and with no tools but those named in
 * `readOnly`.
 */
export type AssistantsLeg<A extends unknown[], R> = LegWithShadow<A, R>;

/** The same without gaps. */
export interface AssistantsSettings {
  readonly options: AssistantsLegOptions<unknown[], unknown>;
  readonly pollMs: number;
  readonly maxPollMs: number;
  readonly timeoutMs: number;
  readonly busy: 'wait' | 'fail';
  readonly readOnly: ReadonlySet<string>;
}

const checks = {
  client: required(having('get', 'post', 'delete')),
  assistantId: required(check.text),
  threadOf: required(check.function),
  input: check.function,
  signalOf: check.function,
  run: check.function,
  toolOutputs: check.function,
  reply: check.function,
  pollMs: check.milliseconds,
  maxPollMs: check.milliseconds,
  timeoutMs: check.milliseconds,
  busy: oneOf('wait', 'fail'),
  readOnly: check.names,
  clock: check.clock,
};

/** @throws InvalidOptionsError with every option that cannot be used */
export function toAssistantsSettings(
  options: AssistantsLegOptions<unknown[], unknown>,
): AssistantsSettings {
  refuse('assistantsLeg()', issuesOf(options, checks));
  const { pollMs = 500, maxPollMs = 5000, timeoutMs = 600_000, busy = 'wait' } = options;
  const readOnly = new Set(options.readOnly);
  return { options, pollMs, maxPollMs: Math.max(pollMs, maxPollMs), timeoutMs, busy, readOnly };
}
