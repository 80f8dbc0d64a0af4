export { environmentFlags } from './environment-flags.ts';
export { type FileFlags, type FileFlagsOptions, fileFlags } from './file-flags.ts';
export { type MemoryFlags, memoryFlags } from './memory-flags.ts';
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
