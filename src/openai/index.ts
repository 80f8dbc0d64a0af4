export {
  type CalibrateOptions,
  calibrate,
  type LabelledPair,
} from '../compare/judging/calibrate.ts';
export { correctedRate } from '../compare/judging/corrected-rate.ts';
export type { Replying } from '../core/call/replying.ts';
export type { TokenUsage } from '../core/call/token-usage.ts';
export type {
  Judge,
  JudgeAnswer,
  JudgeCalibration,
  JudgeInit,
  JudgeQuestion,
  JudgeShare,
  JudgeSilence,
} from '../core/contracts/compare-options.ts';
export type { AssistantsClient } from './assistants/assistants-client.ts';
export { type AssistantsFailure, AssistantsRunError } from './assistants/assistants-error.ts';
export { assistantsLeg } from './assistants/assistants-leg.ts';
export type {
  AssistantsLeg,
  AssistantsLegOptions,
  AssistantsReply,
  RequestedToolCall,
  WaitingRun,
} from './assistants/assistants-options.ts';
export { isGone } from './is-gone.ts';
export type { JudgeBudgetOptions } from './judge/judge-budget.ts';
export type { JudgeClient } from './judge/judge-client.ts';
export type { JudgeCounts, JudgeOutcome } from './judge/judge-counts.ts';
export type { LlmJudgeOptions } from './judge/judge-options.ts';
export { type LlmJudge, llmJudge } from './judge/llm-judge.ts';
export { responsesCandidate, responsesLeg } from './responses/responses-leg.ts';
export type {
  ResponsesClient,
  ResponsesLeg,
  ResponsesLegOptions,
  ResponsesReply,
  ResponsesRequestOptions,
  ResponsesStream,
  ResponsesStreamOptions,
} from './responses/responses-options.ts';
export {
  type ThreadExchange,
  type ThreadMessage,
  type ThreadPatternsOptions,
  threadPatterns,
} from './threads/thread-patterns.ts';
