export {
  type CalibrateOptions,
  calibrate,
  type LabelledPair,
} from '../compare/calibrate.ts';
export { correctedRate } from '../compare/corrected-rate.ts';
export type {
  Judge,
  JudgeAnswer,
  JudgeCalibration,
  JudgeInit,
  JudgeQuestion,
  JudgeShare,
  JudgeSilence,
} from '../core/compare-options.ts';
export type { Replying } from '../core/replying.ts';
export type { TokenUsage } from '../core/token-usage.ts';
export type { AssistantsClient } from './assistants-client.ts';
export { type AssistantsFailure, AssistantsRunError } from './assistants-error.ts';
export { assistantsLeg } from './assistants-leg.ts';
export type {
  AssistantsLeg,
  AssistantsLegOptions,
  AssistantsReply,
  RequestedToolCall,
  WaitingRun,
} from './assistants-options.ts';
export { isGone } from './is-gone.ts';
export type { JudgeBudgetOptions } from './judge-budget.ts';
export type { JudgeClient } from './judge-client.ts';
export type { JudgeCounts, JudgeOutcome } from './judge-counts.ts';
export type { LlmJudgeOptions } from './judge-options.ts';
export { type LlmJudge, llmJudge } from './llm-judge.ts';
export { responsesCandidate, responsesLeg } from './responses-leg.ts';
export type {
  ResponsesClient,
  ResponsesLeg,
  ResponsesLegOptions,
  ResponsesReply,
  ResponsesRequestOptions,
  ResponsesStream,
  ResponsesStreamOptions,
} from './responses-options.ts';
