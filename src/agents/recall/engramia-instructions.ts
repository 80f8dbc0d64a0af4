import type { RunContext } from '@openai/agents';
import { answeredCallOf } from '../../core/call/answered-call.ts';
import { check, issuesOf, refuse, required } from '../../core/option-checks.ts';
import { currentRun } from '../candidate-run.ts';
import { messageOf, watchRunMessages } from '../run-messages.ts';
import type { AnyAgent } from '../sdk-types.ts';
import { isMemorySource, type MemorySource } from './memory-source.ts';
import { patternBlock, withBlock } from './pattern-block.ts';
import { noRecalls, type RecallCounts } from './recall-counts.ts';
import { recallOnce } from './recall-once.ts';
import { type RecallOptions, recallChecks, toRecallSettings } from './recall-options.ts';
import { tenantOf } from './tenant-of.ts';

/** What the instructions are made of. */
export interface EngramiaInstructionsOptions extends RecallOptions {
  /** A client recalls from the scope of its key; a scope source from that of the run's tenant. */
  engramia: MemorySource;
  /** The instructions as they are without memory. */
  base: string | ((runContext: RunContext<unknown>, agent: AnyAgent) => string | Promise<string>);
  /** The tenant of a run, for a scope source. @default the tenant of the call that an `agentCandidate` answers */
  tenant?: ((runContext: RunContext<unknown>) => string | undefined) | undefined;
}

/** Instructions for an `Agent`. */
export interface EngramiaInstructions {
  (runContext: RunContext<unknown>, agent: AnyAgent): Promise<string>;
  /** How the recalls ended, so far. */
  readonly counts: RecallCounts;
}

const made = new WeakSet<object>();

/** Whether an agent's instructions recall by themselves. */
export const recallsByItself = (instructions: unknown): boolean =>
  typeof instructions === 'function' && made.has(instructions);

const baseOf = (
  { base }: EngramiaInstructionsOptions,
  runContext: RunContext<unknown>,
  agent: AnyAgent,
): string | Promise<string> => (typeof base === 'function' ? base(runContext, agent) : base);

/**
 * Instructions that end with what Engramia knows of tasks like the user's: recalled once a run, for the message that the run
 * was started with, and marked as data. A recall that fails or is late leaves the base instructions.
 *
 * @throws InvalidOptionsError with every option that cannot be used
 * @example
 * const agent = new Agent({ name: 'coder', instructions: engramiaInstructions({ engramia: client, base: 'Write code.' }) });
 */
export function engramiaInstructions(options: EngramiaInstructionsOptions): EngramiaInstructions {
  refuse('engramiaInstructions()', issuesOf(options, checks));
  watchRunMessages();
  const settings = toRecallSettings(options.engramia, options);
  const counts = noRecalls();
  const instructions = async (runContext: RunContext<unknown>, agent: AnyAgent) => {
    const run = currentRun();
    const question = {
      tenant: tenantOf(options.tenant, runContext) ?? run?.context.tenant,
      message: messageOf(runContext, agent) || run?.message || '',
      priority: run?.context.mirrored ? ('shadow' as const) : ('served' as const),
      answered: run && answeredCallOf(run.context),
    };
    const recalled = recallOnce(run ?? runContext, settings, question, (ended) => {
      counts[ended.outcome] += 1;
      run?.recallEnded(ended);
    });
    const base = await baseOf(options, runContext, agent);
    return withBlock(base, patternBlock((await recalled).matches));
  };
  made.add(instructions);
  return Object.defineProperty(instructions, 'counts', {
    value: counts,
    enumerable: true,
  }) as unknown as EngramiaInstructions;
}

const checks = {
  engramia: required({ test: isMemorySource, must: 'be a client or a source of scopes' }),
  base: required({
    test: (value) => typeof value === 'string' || typeof value === 'function',
    must: 'be a text or a function',
  }),
  tenant: check.function,
  ...recallChecks,
};
