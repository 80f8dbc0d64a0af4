import type { RunContext, Runner } from '@openai/agents';
import { attempt } from '../core/attempt.ts';
import { check, issuesOf, refuse, required } from '../core/option-checks.ts';
import { redactPersonalData } from '../core/redact/redact.ts';
import { safeRedacted } from '../core/redact/safe-redacted.ts';
import { codePointLength, isBlank } from '../core/text/text.ts';
import { systemClock } from '../core/time/clock.ts';
import type { LearnRequest } from '../engramia/requests.ts';
import { type CalledTool, runOf } from './candidate-run.ts';
import { type LearnCounts, Learning } from './learning.ts';
import { placeOfRun } from './place-of-run.ts';
import { isMemorySource, type MemorySource } from './recall/memory-source.ts';
import { tenantOf } from './recall/tenant-of.ts';
import { type SeenRun, SeenRuns } from './seen-runs.ts';
import { userMessageOf } from './user-message.ts';

/** How runs are learned. */
export interface LearnFromRunsOptions {
  /** A client learns to the scope of its key; a scope source to that of the run's tenant. */
  engramia: MemorySource;
  /** The tenant of a run, for a scope source. */
  tenant?: ((runContext: RunContext<unknown>) => string | undefined) | undefined;
  /** The score that Engramia is told, 0 to 10. @default 7, as in Engramia's own migration guide */
  evalScore?: number | undefined;
  /** Stored with each pattern; at most 200 code points. @default 'agent-run' */
  runId?: string | undefined;
  /** Takes personal data and secrets out of what is sent. @default e-mail addresses, numbers, keys and tokens */
  redact?: ((text: string) => string) | undefined;
  /** Runs that may wait to be learned; more are dropped, and counted. @default 100 */
  maxWaiting?: number | undefined;
  /** Told of each run that could not be learned. */
  onError?: ((error: unknown) => void) | undefined;
}

/** A runner that is learned from. */
export interface RunLearning extends Disposable {
  readonly counts: LearnCounts;
  /** Resolves when nothing waits to be learned. Never rejects. */
  settled(): Promise<void>;
}

const most = { task: 2000, code: 8000, shortestTask: 8 } as const;

/** Several runs may have one context, also at once; where the SDK keeps nothing of its own for each, that is all there is. */
const runOrContext = (runContext: object): object => placeOfRun() ?? runContext;

/** Undefined: there is nothing worth learning. */
function toRequest(
  { task, calls }: SeenRun,
  output: string,
  options: LearnFromRunsOptions,
): LearnRequest | undefined {
  const { redact = redactPersonalData, evalScore = 7, runId = 'agent-run' } = options;
  const request: LearnRequest = {
    task: safeRedacted(task, most.task, redact),
    code: safeRedacted(output, most.code, redact),
    evalScore,
    runId: safeRedacted(runId, 200, redact),
  };
  const isShort = codePointLength(request.task, most.shortestTask) < most.shortestTask;
  if (isShort || isBlank(request.task) || isBlank(request.code)) return undefined;
  if (calls.length > 0) request.output = safeRedacted(calls.join('\n'), most.code, redact);
  return request;
}

/**
 * Learns the finished runs of a runner that answers outside a cutover handler: the user's message, the final output, and the
 * tools that were called. Within a handler the router learns: runs of an `agentCandidate` are passed over. Nothing here
 * ever makes a run fail.
 *
 * @throws InvalidOptionsError with every option that cannot be used
 * @example
 * using learning = learnFromRuns(runner, { engramia: client });
 */
export function learnFromRuns(runner: Runner, options: LearnFromRunsOptions): RunLearning {
  refuse('learnFromRuns()', issuesOf(options, checks));
  const { engramia, maxWaiting = 100, onError = () => undefined } = options;
  const learning = new Learning(engramia, systemClock, maxWaiting, onError);
  const seen = new SeenRuns();
  const started: Listener<'agent_start'> = (runContext, agent, input) => {
    if (runOf(runContext) !== undefined) return;
    attempt(() => seen.started(runOrContext(runContext), agent, userMessageOf(input)));
  };
  const toolEnded: Listener<'agent_tool_end'> = (
    runContext,
    agent,
    tool,
    _result,
    { toolCall },
  ) => {
    const { arguments: given } = toolCall as CalledTool;
    const told = typeof given === 'string' ? given : '';
    seen.called(runOrContext(runContext), agent, `${tool.name}(${told})`);
  };
  const ended: Listener<'agent_end'> = (runContext, agent, output) => {
    const run = seen.ended(runOrContext(runContext), agent);
    if (run === undefined) return;
    attempt(() => {
      const request = toRequest(run, String(output), options);
      if (request !== undefined)
        learning.offer({ tenant: tenantOf(options.tenant, runContext), request });
    });
  };
  runner.on('agent_start', started);
  runner.on('agent_tool_end', toolEnded);
  runner.on('agent_end', ended);
  return {
    counts: learning.counts,
    settled: () => learning.settled(),
    [Symbol.dispose]: () => {
      runner.off('agent_start', started);
      runner.off('agent_tool_end', toolEnded);
      runner.off('agent_end', ended);
    },
  };
}

type Listener<K extends 'agent_start' | 'agent_tool_end' | 'agent_end'> = Parameters<
  typeof Runner.prototype.on<K>
>[1];

const checks = {
  engramia: required({ test: isMemorySource, must: 'be a client or a source of scopes' }),
  tenant: check.function,
  evalScore: check.score,
  runId: check.text,
  redact: check.function,
  maxWaiting: check.count,
  onError: check.function,
};
