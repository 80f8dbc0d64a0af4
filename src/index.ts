export type { CallContext } from './core/call/call-context.ts';
export type { Observation } from './core/call/observation.ts';
export { shadowSafe } from './core/call/shadow-safe.ts';
export type { ReplyView, ReportedFacts, Subject, ToolCall, Turn } from './core/call/subject.ts';
export type { TokenUsage } from './core/call/token-usage.ts';
export type { Budget, BudgetLimits, BudgetOptions, BudgetOwner } from './core/contracts/budget.ts';
export type {
  ComparedPair,
  ComparedReply,
  CompareLayer,
  CompareLayerName,
  CompareOptions,
  CompareThresholds,
  IgnoreRule,
  Judge,
  JudgeAnswer,
  JudgeCalibration,
  JudgeInit,
  JudgeQuestion,
  JudgeShare,
  JudgeSilence,
  LayerSay,
} from './core/contracts/compare-options.ts';
export type {
  Divergence,
  HeldPair,
  HeldReply,
  HeldToolCall,
  LayerFinding,
  Verdict,
} from './core/contracts/comparer.ts';
export type {
  ConversationStats,
  HandedBackCounts,
  RecordedCounts,
} from './core/contracts/conversations.ts';
export type {
  DropReason,
  FlushReport,
  LaneCounts,
  LaneStats,
  SkipReason,
  TaskOutcome,
} from './core/contracts/counts.ts';
export type { Exchange } from './core/contracts/exchange.ts';
export type { LaneOptions } from './core/contracts/lane.ts';
export type { LearnVia } from './core/contracts/learner.ts';
export type {
  LegDecision,
  LegEnd,
  LegRun,
  LegTrace,
  LegTracing,
} from './core/contracts/leg-tracing.ts';
export type { LegRecord, PairRecord, PairText } from './core/contracts/pair-record.ts';
export type { MissedPairs, MissReason, PairSink } from './core/contracts/pair-sink.ts';
export type {
  CutoverStats,
  LatencyBucket,
  LatencyStats,
  RouteStats,
  UndecidedReason,
} from './core/contracts/stats.ts';
export type { ServedTurns, Transcript, TurnRange } from './core/contracts/transcript.ts';
export {
  CutoverError,
  type CutoverErrorCode,
  EngramiaError,
  InvalidOptionsError,
  isCutoverError,
} from './core/errors.ts';
export type { ErrorFacts } from './core/events/error-facts.ts';
export type {
  CutoverEvent,
  CutoverEventOf,
  CutoverEvents,
  CutoverEventType,
  DecisionReason,
  LaneName,
  LegFacts,
  Operation,
} from './core/events/events.ts';
export type { Logger } from './core/events/logger.ts';
export { type Leg, type Plan, type Stage, stages } from './core/stage.ts';
export type { Clock, TimerHandle } from './core/time/clock.ts';
export { createCutover, createCutoverHandler, createCutoverStream } from './create.ts';
export type { Cutover, CutoverControls, CutoverHandler, CutoverStream } from './cutover.ts';
export type { CutoverOptions } from './cutover-options.ts';
export type {
  AnalyticsEvent,
  AuditAnswer,
  AuditEvent,
  BillingAnswer,
  DeepHealthAnswer,
  DeletePatternAnswer,
  DeleteProjectAnswer,
  EventsAnswer,
  ExportAnswer,
  HealthAnswer,
  ImportAnswer,
  KeyEntry,
  KeysAnswer,
  LearnAnswer,
  MetricsAnswer,
  NewKeyAnswer,
  RecallAnswer,
  RecallMatch,
  RevokeKeyAnswer,
  ScopeAnswer,
  VersionAnswer,
} from './engramia/answers.ts';
export { EngramiaCallError } from './engramia/calls/call-error.ts';
export type { CallOptions } from './engramia/calls/call-options.ts';
export type { EngramiaClient, KeyOperations, Pacing, WithKeyOptions } from './engramia/client.ts';
export type { EngramiaClientOptions } from './engramia/client-options.ts';
export { createEngramiaClient } from './engramia/create-engramia-client.ts';
export {
  type KeyLookup,
  type KeyPerTenantOptions,
  keyPerTenant,
} from './engramia/learning/key-per-tenant.ts';
export { oneScope } from './engramia/learning/one-scope.ts';
export type { ScopeSource } from './engramia/learning/scope-source.ts';
export type { CallPriority, PacingLimits } from './engramia/pacer.ts';
export type {
  AuditRequest,
  CreateKeyRequest,
  DeleteProjectConfirmation,
  EvaluateRequest,
  EventsRequest,
  ImportRequest,
  KeyRole,
  LearnRequest,
  PatternRecord,
  RecallRequest,
  SkillsRequest,
} from './engramia/requests.ts';
export type { FetchLike, PoolOptions } from './engramia/transport.ts';
export type { KillFileOptions } from './flags/file/kill-file.ts';
export type { RunInit } from './router/call.ts';
export type { Decision } from './router/handler.ts';
export type { BackgroundOptions } from './router/offer/background.ts';
export type { FallbackOptions, LearnOptions, RouteOptions } from './router/route/route-options.ts';
export type { StreamRouteOptions } from './router/route/stream-route-options.ts';
