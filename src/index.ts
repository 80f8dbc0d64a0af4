export type { Budget, BudgetLimits, BudgetOptions, BudgetOwner } from './core/budget.ts';
export type { CallContext } from './core/call-context.ts';
export type { Clock, TimerHandle } from './core/clock.ts';
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
} from './core/compare-options.ts';
export type {
  Divergence,
  HeldPair,
  HeldReply,
  HeldToolCall,
  LayerFinding,
  Verdict,
} from './core/comparer.ts';
export type {
  ConversationStats,
  HandedBackCounts,
  RecordedCounts,
} from './core/conversations.ts';
export type {
  DropReason,
  FlushReport,
  LaneCounts,
  LaneStats,
  SkipReason,
  TaskOutcome,
} from './core/counts.ts';
export {
  CutoverError,
  type CutoverErrorCode,
  EngramiaError,
  InvalidOptionsError,
  isCutoverError,
} from './core/errors.ts';
export type {
  CutoverEvent,
  CutoverEventOf,
  CutoverEvents,
  CutoverEventType,
  DecisionReason,
  ErrorFacts,
  LaneName,
  LegFacts,
  Operation,
} from './core/events.ts';
export type { Exchange } from './core/exchange.ts';
export type { LaneOptions } from './core/lane.ts';
export type { LearnVia } from './core/learner.ts';
export type { LegDecision, LegEnd, LegRun, LegTrace, LegTracing } from './core/leg-tracing.ts';
export type { Logger } from './core/logger.ts';
export type { Observation } from './core/observation.ts';
export type { LegRecord, PairRecord, PairText } from './core/pair-record.ts';
export type { MissedPairs, MissReason, PairSink } from './core/pair-sink.ts';
export { shadowSafe } from './core/shadow-safe.ts';
export { type Leg, type Plan, type Stage, stages } from './core/stage.ts';
export type {
  CutoverStats,
  LatencyBucket,
  LatencyStats,
  RouteStats,
  UndecidedReason,
} from './core/stats.ts';
export type { ReplyView, ReportedFacts, Subject, ToolCall, Turn } from './core/subject.ts';
export type { TokenUsage } from './core/token-usage.ts';
export type { ServedTurns, Transcript, TurnRange } from './core/transcript.ts';
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
export { EngramiaCallError } from './engramia/call-error.ts';
export type { CallOptions } from './engramia/call-options.ts';
export type { EngramiaClient, KeyOperations, Pacing, WithKeyOptions } from './engramia/client.ts';
export type { EngramiaClientOptions } from './engramia/client-options.ts';
export { createEngramiaClient } from './engramia/create-engramia-client.ts';
export {
  type KeyLookup,
  type KeyPerTenantOptions,
  keyPerTenant,
} from './engramia/key-per-tenant.ts';
export { oneScope } from './engramia/one-scope.ts';
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
export type { ScopeSource } from './engramia/scope-source.ts';
export type { FetchLike, PoolOptions } from './engramia/transport.ts';
export type { KillFileOptions } from './flags/kill-file.ts';
export type { BackgroundOptions } from './router/background.ts';
export type { RunInit } from './router/call.ts';
export type { Decision } from './router/handler.ts';
export type { FallbackOptions, LearnOptions, RouteOptions } from './router/route-options.ts';
export type { StreamRouteOptions } from './router/stream-route-options.ts';
