export type { RampListener } from '../core/contracts/ramp-listener.ts';
export type { ChangeEmitter } from './emitted-changes.ts';
export { environmentFlags } from './environment-flags.ts';
export { type FileFlags, type FileFlagsOptions, fileFlags } from './file/file-flags.ts';
export type { LaunchDarklyContext } from './launch-darkly-context.ts';
export {
  type LaunchDarklyClient,
  type LaunchDarklyFlagsOptions,
  type LaunchDarklyMigration,
  type LaunchDarklyReason,
  launchDarklyFlags,
} from './launch-darkly-flags.ts';
export { type MemoryFlags, memoryFlags } from './memory-flags.ts';
export { type OpenFeatureClient, openFeatureFlags } from './open-feature-flags.ts';
export {
  type PercentageFlags,
  type PercentageFlagsChange,
  type PercentageFlagsOptions,
  percentageFlags,
} from './percentage-flags.ts';
export { type PredicateFlagsOptions, predicateFlags } from './predicate-flags.ts';
export type {
  EvaluationContext,
  EvaluationContextValue,
  FlagLogger,
  FlagProvider,
  FlagProviderEvents,
  FlagResolution,
} from './provider.ts';
export type { TenantStages } from './tenant-stages.ts';
export { type UnleashClient, unleashFlags } from './unleash-flags.ts';
