export type { Replying } from '../core/call/replying.ts';
export { agentCandidate } from './agent-candidate.ts';
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
export { type LearnFromRunsOptions, learnFromRuns, type RunLearning } from './learn-from-runs.ts';
export type { LearnCounts } from './learning.ts';
export {
  type EngramiaInstructions,
  type EngramiaInstructionsOptions,
  engramiaInstructions,
} from './recall/engramia-instructions.ts';
export type { MemorySource } from './recall/memory-source.ts';
export type { RecallCounts, RecallOutcome } from './recall/recall-counts.ts';
export type { RecallOptions } from './recall/recall-options.ts';
export { type AgentToolOptions, agentTool } from './tools/agent-tool.ts';
export { AgentDivergedError, type Divergence } from './tools/diverged-error.ts';
export type { ToolPolicy } from './tools/tool-policy.ts';
