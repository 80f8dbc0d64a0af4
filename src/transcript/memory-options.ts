import { check, type OptionChecks } from '../core/option-checks.ts';
import type { Clock } from '../core/time/clock.ts';

/** Bounds of a transcript in memory, and what of a turn is kept. */
export interface MemoryTranscriptOptions {
  /** Turns of one conversation; the oldest go first, with the rest of their exchange. @default 200 */
  maxTurns?: number | undefined;
  /** Conversations of all tenants; the one that was quiet longest goes first. @default 10_000 */
  maxConversations?: number | undefined;
  /** Bytes that all turns may retain. @default 64 MiB */
  maxBytes?: number | undefined;
  /** Milliseconds after which a turn is forgotten. @default 86_400_000, a day */
  ttlMs?: number | undefined;
  /** The part of both bounds that one tenant may fill before its own conversations go first, 0 to 1. @default 0.25 */
  tenantShare?: number | undefined;
  /** Unicode code points of a turn that are kept. @default 8_000 */
  maxTurnChars?: number | undefined;
  /** Takes personal data and secrets out of a turn before it is kept. @default turns are kept as they were served */
  redact?: ((text: string) => string) | undefined;
  /** A seam for tests. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
}

/** The rules of these options. */
export const memoryChecks: OptionChecks = {
  maxTurns: {
    test: (value) => Number.isInteger(value) && (value as number) >= 2,
    must: 'be a whole number of 2 or more, as an exchange has two turns',
  },
  maxConversations: check.count,
  maxBytes: check.count,
  ttlMs: check.milliseconds,
  tenantShare: {
    test: (value) => typeof value === 'number' && value > 0 && value <= 1,
    must: 'be a number above 0 and up to 1',
  },
  maxTurnChars: check.count,
  redact: check.function,
  clock: check.clock,
};
