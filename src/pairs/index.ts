export type { LegRecord, PairRecord, PairText } from '../core/pair-record.ts';
export type { MissedPairs, MissReason, PairSink } from '../core/pair-sink.ts';
export type { TokenUsage } from '../core/token-usage.ts';
export {
  type JsonlPairs,
  type JsonlPairsOptions,
  type JsonlPairsStats,
  jsonlPairs,
} from './jsonl-pairs.ts';
export { type MemoryPairs, type MemoryPairsOptions, memoryPairs } from './memory-pairs.ts';
export type { PairTextOptions } from './pair-text.ts';
export { type PairReading, type ReadPairsOptions, readPairs } from './read-pairs.ts';
