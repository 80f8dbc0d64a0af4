export type { Replying } from '../core/replying.ts';
export { agentCandidate } from './agent-candidate.ts';
export { type AgentToolOptions, agentTool } from './agent-tool.ts';
export type {
  AgentCandidate,
  AgentCandidateOptions,
  AgentLegOptions,
  AgentMirrorOptions,
  AgentResult,
  AgentRunOptions,
  AgentStream,
  AgentStreamOptions,
} from './candidate-options.ts';
export { AgentDivergedError, type Divergence } from './diverged-error.ts';
export {
  type EngramiaInstructions,
  type EngramiaInstructionsOptions,
  engramiaInstructions,
} from './engramia-instructions.ts';
export { type LearnFromRunsOptions, learnFromRuns, type RunLearning } from './learn-from-runs.ts';
export type { LearnCounts } from './learning.ts';
export type { MemorySource } from './memory-source.ts';
export type { RecallCounts, RecallOutcome } from './recall-counts.ts';
export type { RecallOptions } from './recall-options.ts';
export type { ToolPolicy } from './tool-policy.ts';
