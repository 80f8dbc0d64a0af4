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
export type { TokenUsage } from './token-usage.ts';
