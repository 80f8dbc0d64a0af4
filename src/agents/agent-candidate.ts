import { Runner } from '@openai/agents';
import type { CallContext } from '../core/call/call-context.ts';
import type { Replying } from '../core/call/replying.ts';
import { shadowSafe } from '../core/call/shadow-safe.ts';
import { CutoverError } from '../core/errors.ts';
import { lastText } from '../core/text/last-text.ts';
import {
  type AgentCandidate,
  type AgentCandidateOptions,
  type AgentResult,
  type AgentRunOptions,
  type AgentStream,
  type AgentStreamOptions,
  refuseCandidateOptions,
} from './candidate-options.ts';
import { CandidateRun, withinRun } from './candidate-run.ts';
import { withConversation } from './conversation-input.ts';
import { followRuns } from './follow-runs.ts';
import { ownRunner } from './own-runner.ts';
import type { RecallSettings } from './recall/recall.ts';
import { toRecallSettings } from './recall/recall-options.ts';
import { recalling } from './recall/recalling.ts';
import type { AnyAgent, RunInput } from './sdk-types.ts';
import { Guard } from './tools/guard.ts';
import { mirrorRunner, nestedRunOptions, readOnlySession } from './tools/mirror-runner.ts';
import type { ToolRules } from './tools/tool-policy.ts';
import { begunWith, userMessageOf } from './user-message.ts';

type Options = AgentCandidateOptions<unknown[], unknown> | AgentStreamOptions<unknown[], unknown>;

/** What is the same for every call. */
interface Settings {
  readonly options: Options;
  readonly rules: ToolRules;
  readonly recall: RecallSettings | undefined;
  readonly runner: () => Runner;
}

/** Who runs what, and how. */
interface Way {
  readonly runner: Runner;
  readonly agent: AnyAgent;
  readonly signal: AbortSignal;
  readonly told: AgentRunOptions;
}

function toSettings(options: Options): Settings {
  const { engramia, readOnly = [], mirror = {}, runner } = options;
  let own = runner && ownRunner(runner);
  return {
    options,
    rules: {
      readOnly: new Set(readOnly),
      byName: new Map(Object.entries(mirror.tools ?? {})),
      others: mirror.otherTools ?? 'deny',
    },
    recall: engramia && toRecallSettings(engramia, options),
    runner: () => {
      own ??= new Runner();
      return own;
    },
  };
}

const inputOf = async ({ input }: Options, context: CallContext, args: unknown[]) =>
  input === undefined ? lastText(args, 'agentCandidate') : begunWith(await input(context, ...args));

function servedWay(settings: Settings, run: CandidateRun, told: AgentRunOptions): Way {
  const runner = settings.runner();
  return { runner, agent: settings.options.agent, signal: run.context.signal, told };
}

function mirroredWay(
  { options, rules, runner }: Settings,
  run: CandidateRun,
  args: unknown[],
  told: AgentRunOptions,
): Way {
  const { mirror = {} } = options;
  const guard = new Guard({
    rules,
    models: mirror,
    recorded: () => mirror.recorded?.(run.context, ...args) ?? [],
    stopping: (reason) => {
      run.stopped = reason;
    },
  });
  const { session } = told;
  return {
    runner: mirrorRunner(runner(), mirror),
    agent: guard.copyOf(options.agent),
    signal: run.context.signal,
    told: { ...nestedRunOptions(told), ...(session && { session: readOnlySession(session) }) },
  };
}

async function wayOf(settings: Settings, run: CandidateRun, args: unknown[]): Promise<Way> {
  const told = (await settings.options.run?.(run.context, ...args)) ?? {};
  const way = run.context.mirrored
    ? mirroredWay(settings, run, args, told)
    : servedWay(settings, run, told);
  followRuns(way.runner);
  if (settings.recall === undefined) return way;
  const app = told.callModelInputFilter ?? way.runner.config.callModelInputFilter;
  const callModelInputFilter = recalling(run, settings.recall, app);
  return { ...way, told: { ...way.told, callModelInputFilter } };
}

/** Tells what the SDK's events did not: what ran at the provider. */
function reportWhole(run: CandidateRun, { newItems }: AgentResult | AgentStream): void {
  for (const { rawItem } of newItems) {
    if (rawItem?.type === 'hosted_tool_call') run.hostedToolRan(rawItem);
  }
  run.report();
}

async function finish(way: Way, run: CandidateRun, input: RunInput, { reply }: Options) {
  const { runner, agent, signal, told } = way;
  const options = { ...told, signal, context: run.runContext, stream: false as const };
  try {
    const result: AgentResult = await runner.run(agent, input, options);
    reportWhole(run, result);
    return reply === undefined ? textOf(result) : await (reply as Reply)(result);
  } catch (error) {
    run.report();
    throw run.stopped ?? error;
  }
}

type Reply = (result: AgentResult | AgentStream) => unknown;

async function stream(way: Way, run: CandidateRun, input: RunInput, { reply }: Options) {
  const { runner, agent, signal, told } = way;
  const options = { ...told, signal, context: run.runContext, stream: true as const };
  const result: AgentStream = await runner.run(agent, input, options);
  result.completed.then(
    () => reportWhole(run, result),
    () => run.report(),
  );
  if (reply !== undefined) return (reply as Reply)(result);
  return run.context.mirrored ? unwrapped(result, run) : result;
}

/** The events of a mirrored run. It fails with what stopped it, not with what the SDK made of that. */
async function* unwrapped(result: AgentStream, run: CandidateRun) {
  try {
    yield* result;
  } catch (error) {
    throw run.stopped ?? error;
  }
}

function textOf(result: AgentResult): string {
  if (result.interruptions.length > 0) {
    throw new CutoverError(
      'ERR_AGENT_INTERRUPTED',
      'The run waits for a tool to be approved, so there is no reply: give the option "reply" to answer with what it waits for.',
    );
  }
  const { finalOutput } = result;
  return typeof finalOutput === 'string' ? finalOutput : JSON.stringify(finalOutput ?? '');
}

/**
 * Makes a leg of an agent. It recalls what Engramia knows of the message, tells its tools, tokens and patterns by
 * `context.report`, stops with `context.signal`, and calls `context.commit()` before the first tool that is not read-only.
 * It is declared safe for the shadow: in a mirrored run nothing is traced or stored, and tools that are not declared
 * read-only do not run.
 *
 * @throws InvalidOptionsError with every option that cannot be used
 * @example
 * const candidate = agentCandidate({ agent, engramia, readOnly: ['search_docs'] });
 */
export function agentCandidate<A extends unknown[] = unknown[], R = AgentStream>(
  options: Replying<AgentStreamOptions<A, R>, AgentStream, R>,
): AgentCandidate<A, R>;
export function agentCandidate<A extends unknown[] = unknown[], R = string>(
  options: Replying<AgentCandidateOptions<A, R>, string, R>,
): AgentCandidate<A, R>;
export function agentCandidate(options: Options): AgentCandidate<unknown[], unknown> {
  refuseCandidateOptions(options);
  const settings = toSettings(options);
  return shadowSafe(async (context: CallContext, ...args: unknown[]) => {
    const input = await inputOf(options, context, args);
    const value = options.context?.(context, ...args);
    const run = new CandidateRun(context, userMessageOf(input), value, settings.rules.readOnly);
    const way = await wayOf(settings, run, args);
    const begun = await withConversation(context, { input, told: way.told }, options.history);
    const answer = options.stream ? stream : finish;
    const { told } = begun;
    return withinRun(run, () => answer({ ...way, told }, run, begun.input, options));
  });
}
