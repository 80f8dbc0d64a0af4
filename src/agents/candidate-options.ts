import type {
  IndividualRunOptions,
  Model,
  ModelProvider,
  Runner,
  RunResult,
  StreamedRunResult,
} from '@openai/agents';
import type { CallContext } from '../core/call/call-context.ts';
import type { ToolCall } from '../core/call/subject.ts';
import {
  check,
  having,
  issuesOf,
  oneOf,
  orFalse,
  refuse,
  required,
} from '../core/option-checks.ts';
import type { ScopeSource } from '../engramia/learning/scope-source.ts';
import { type RecallOptions, recallChecks } from './recall/recall-options.ts';
import type { AnyAgent, RunInput } from './sdk-types.ts';
import { isToolPolicy, type ToolPolicy } from './tools/tool-policy.ts';

/** The result of a run that was not streamed. */
export type AgentResult = RunResult<unknown, AnyAgent>;
/** The result of a run that is streamed. */
export type AgentStream = StreamedRunResult<unknown, AnyAgent>;

/** What a run can be told besides agent and input; signal, context and streaming are set by the leg. */
export type AgentRunOptions = Omit<
  IndividualRunOptions<unknown, AnyAgent>,
  'stream' | 'signal' | 'context'
>;

/** How the agent runs in the shadow, where it must not act. */
export interface AgentMirrorOptions<A extends unknown[] = unknown[]> {
  /** What becomes of the calls of single tools, by name. */
  tools?: Readonly<Record<string, ToolPolicy>> | undefined;
  /** What becomes of the calls of all others. @default 'deny' */
  otherTools?: 'deny' | 'replay' | undefined;
  /** The calls that legacy made for the same exchange, with their results, for `replay`. */
  recorded?:
    | ((context: CallContext, ...args: A) => readonly ToolCall[] | Promise<readonly ToolCall[]>)
    | undefined;
  /** The model of all agents. @default each agent's own */
  model?: string | Model | undefined;
  /** Finds models by name, with a client and a key of its own. @default the runner's */
  modelProvider?: ModelProvider | undefined;
}

/** What both kinds of agent legs are made of. */
export interface AgentLegOptions<A extends unknown[] = unknown[]> extends RecallOptions {
  /** The agent that answers. It is never changed. */
  agent: AnyAgent;
  /** Where patterns are recalled from, by the call's tenant. Absent: only by instructions that do so themselves. */
  engramia?: ScopeSource | undefined;
  /** What the run begins with. @default the last argument that is a text */
  input?: ((context: CallContext, ...args: A) => RunInput | Promise<RunInput>) | undefined;
  /**
   * How many turns of `context.history()`, as the user's and the assistant's messages, the run begins with before its input at
   * most; `false`: none. A conversation of before the flip goes on with them; a session is told only what it does not know, and a
   * conversation that the provider keeps nothing. A mirrored run sees with them what the user saw, in the place of its session,
   * which knows only what the candidate has answered.
   *
   * @default 50, where the input is a text and the run has no conversation, or a session that is empty; of a session that ends with
   * an answer that was served, what legacy has served since, 50 at most; else none
   */
  history?: number | false | undefined;
  /** The value that tools and instructions find in `runContext.context`. */
  context?: ((context: CallContext, ...args: A) => unknown) | undefined;
  /** What else the run is told: turns, a session, … A mirrored run reads the session and writes nothing to it. */
  run?:
    | ((context: CallContext, ...args: A) => AgentRunOptions | Promise<AgentRunOptions>)
    | undefined;
  /** Runs the served calls; its configuration holds for mirrored ones as well. @default new Runner() */
  runner?: Runner | undefined;
  /** Names of tools that change nothing in the world: no `commit()` before them, and they run in the shadow. */
  readOnly?: readonly string[] | undefined;
  /** How it runs in the shadow. */
  mirror?: AgentMirrorOptions<A> | undefined;
}

/** A leg that answers when the agent has finished. */
export interface AgentCandidateOptions<A extends unknown[] = unknown[], R = string>
  extends AgentLegOptions<A> {
  /** The reply is whole. @default false */
  stream?: false | undefined;
  /** Makes the reply. @default its final output; as JSON where that is no text */
  reply?: ((result: AgentResult) => R | Promise<R>) | undefined;
}

/** A leg that answers while the agent runs. */
export interface AgentStreamOptions<A extends unknown[] = unknown[], R = AgentStream>
  extends AgentLegOptions<A> {
  /** The reply begins while the agent runs. */
  stream: true;
  /** Makes the reply, before the run has ended: `(result) => result.toTextStream()`. @default the SDK's streamed result */
  reply?: ((result: AgentStream) => R | Promise<R>) | undefined;
}

/** A leg made of an agent. */
export type AgentCandidate<A extends unknown[], R> = (
  context: CallContext,
  ...args: A
) => Promise<R>;

const policies = {
  test: (value: unknown) =>
    typeof value === 'object' && value !== null && Object.values(value).every(isToolPolicy),
  must: "hold 'execute', 'replay', 'deny' or { stub } by the names of tools",
};

const checks = {
  agent: required(having('getAllTools', 'getEnabledHandoffs', 'clone')),
  engramia: {
    test: having('clientOf').test,
    must: 'be oneScope(client) or keyPerTenant(client, tenant => key), as that of the handler',
  },
  input: check.function,
  history: orFalse(check.count),
  context: check.function,
  run: check.function,
  runner: having('run', 'on'),
  readOnly: check.names,
  stream: check.boolean,
  reply: check.function,
  mirror: {
    tools: policies,
    otherTools: oneOf('deny', 'replay'),
    recorded: check.function,
    model: {
      test: (value: unknown) => check.text.test(value) || having('getResponse').test(value),
      must: 'be a name, or a model with getResponse()',
    },
    modelProvider: having('getModel'),
  },
  ...recallChecks,
};

/** @throws InvalidOptionsError naming everything that cannot be used */
export function refuseCandidateOptions(options: unknown): void {
  const issues = issuesOf(options, checks);
  const { mirror } = (options ?? {}) as { mirror?: AgentMirrorOptions };
  const replays =
    mirror?.otherTools === 'replay' || Object.values(mirror?.tools ?? {}).includes('replay');
  if (replays && mirror?.recorded === undefined)
    issues.push('mirror.recorded is missing: it must give the calls that are replayed');
  refuse('agentCandidate()', issues);
}
