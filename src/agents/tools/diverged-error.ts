import { CutoverError } from '../../core/errors.ts';

/** What the candidate did that legacy had not done. */
export interface Divergence {
  /** The place of the call among those of the run, from 1. */
  readonly step: number;
  /** The tool that was called. */
  readonly tool: string;
  /** What it was called with. */
  readonly arguments: unknown;
}

/**
 * A mirrored run called a tool in a way in which legacy had not, so that there is no recorded result to go on with. Its
 * code is `ERR_AGENT_DIVERGED`.
 */
export class AgentDivergedError extends CutoverError implements Divergence {
  readonly step: number;
  readonly tool: string;
  /** Not enumerable, so that printing the error does not print what a user said. */
  declare readonly arguments: unknown;

  constructor({ step, tool, arguments: given }: Divergence) {
    super('ERR_AGENT_DIVERGED', `The run diverged at step ${step}: legacy made no such call.`);
    this.name = 'AgentDivergedError';
    this.step = step;
    this.tool = tool;
    Object.defineProperty(this, 'arguments', { value: given });
  }
}
