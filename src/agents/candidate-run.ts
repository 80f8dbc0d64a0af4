import { AsyncLocalStorage } from 'node:async_hooks';
import { RunContext } from '@openai/agents';
import type { CallContext } from '../core/call/call-context.ts';
import { type HostedItem, hostedCall } from '../core/call/hosted-call.ts';
import { givenIn, type ResponseItem } from '../core/call/response-tool-call.ts';
import type { ToolCall } from '../core/call/subject.ts';
import type { TokenUsage } from '../core/call/token-usage.ts';
import type { Recall } from './recall/recall.ts';
import type { AnyTool } from './sdk-types.ts';

/** A call of a tool as the SDK tells it. */
export interface CalledTool extends ResponseItem {
  readonly name?: unknown;
  readonly arguments?: unknown;
  readonly callId?: unknown;
}

/** One call that an agent answers: what it is about, and what is known of it so far. */
export class CandidateRun {
  readonly context: CallContext;
  readonly message: string;
  readonly runContext: RunContext<unknown>;
  /** Why the run was stopped by us; undefined: it was not. */
  stopped: Error | undefined;
  readonly #readOnly: ReadonlySet<string>;
  readonly #calls = new Map<unknown, ToolCall>();
  readonly #recalled = new Set<string>();

  constructor(
    context: CallContext,
    message: string,
    value: unknown,
    readOnly: ReadonlySet<string>,
  ) {
    this.context = context;
    this.message = message;
    this.runContext = new RunContext<unknown>(value);
    this.#readOnly = readOnly;
    byRunContext.set(this.runContext, this);
  }

  /** Before a tool runs. Throws when the run must not act any more. */
  toolStarts(tool: Pick<AnyTool, 'name'>, call: CalledTool): void {
    this.#calls.set(call.callId ?? call, {
      name: typeof call.name === 'string' ? call.name : tool.name,
      arguments: givenIn(call),
    });
    this.acts(tool.name);
  }

  toolEnded({ callId }: CalledTool, result: unknown): void {
    const call = this.#calls.get(callId);
    if (call !== undefined) call.result = result;
  }

  /** Claims that something irreversible follows, unless the tool was declared read-only. */
  acts(tool: string): void {
    if (this.context.mirrored || this.#readOnly.has(tool)) return;
    try {
      this.context.commit();
    } catch (error) {
      this.stopped ??= error as Error;
      throw error;
    }
  }

  /** A tool that ran at the provider is told of only when it has. */
  hostedToolRan(item: HostedItem): void {
    const call = hostedCall(item);
    if (call !== undefined) this.#calls.set(item, call);
  }

  recallEnded({ matches }: Recall): void {
    for (const { patternKey } of matches) this.#recalled.add(patternKey);
    if (matches.length > 0) this.context.report({ recalled: [...this.#recalled] });
  }

  /** Tells what is known. Told again later, it replaces what was told before. */
  report(usage: TokenUsage = this.runContext.usage): void {
    const { inputTokens, outputTokens } = usage;
    this.context.report({
      toolCalls: [...this.#calls.values()],
      usage: { inputTokens, outputTokens },
    });
  }
}

const byRunContext = new WeakMap<object, CandidateRun>();
const running = new AsyncLocalStorage<CandidateRun>();

/** The run that a context of the SDK belongs to: to a runner of another copy of it, ours is the value that its own holds. */
export const runOf = (runContext: object): CandidateRun | undefined =>
  byRunContext.get(runContext) ?? byRunContext.get((runContext as { context: object }).context);

/** The run that this code is a part of, also in the runs of agents that it uses as tools. */
export const currentRun = (): CandidateRun | undefined => running.getStore();

/** Starts something as a part of a run. */
export const withinRun = <T>(run: CandidateRun, start: () => T): T => running.run(run, start);
