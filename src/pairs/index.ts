export type { TokenUsage } from '../core/call/token-usage.ts';
export type { LegRecord, PairRecord, PairText } from '../core/contracts/pair-record.ts';
export type { MissedPairs, MissReason, PairSink } from '../core/contracts/pair-sink.ts';
export {
  type JsonlPairs,
  type JsonlPairsOptions,
  type JsonlPairsStats,
  jsonlPairs,
} from './jsonl-pairs.ts';
export { type MemoryPairs, type MemoryPairsOptions, memoryPairs } from './memory-pairs.ts';
export type { PairTextOptions } from './pair-text.ts';
export { type PairReading, type ReadPairsOptions, readPairs } from './read-pairs.ts';
