export type { ServedTurns, Transcript, TurnRange } from '../core/contracts/transcript.ts';
export { HandBackError } from './hand-back-error.ts';
export type { MemoryTranscriptOptions } from './memory-options.ts';
export {
  type MemoryTranscript,
  type MemoryTranscriptSizes,
  memoryTranscript,
} from './memory-transcript.ts';
