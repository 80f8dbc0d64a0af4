export type { ServedTurns, Transcript, TurnRange } from '../core/transcript.ts';
export type { MemoryTranscriptOptions } from './memory-options.ts';
export {
  type MemoryTranscript,
  type MemoryTranscriptSizes,
  memoryTranscript,
} from './memory-transcript.ts';
