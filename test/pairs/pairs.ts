import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MissedPairs, type PairRecord, readPairs } from 'engramia-cutover/pairs';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/core/time/clock.ts';

/** A pair of a test, all right unless said otherwise. */
export function pairOf(said: Partial<PairRecord> = {}): PairRecord {
  return {
    kind: 'compare',
    requestId: 'request-1',
    at: Date.UTC(2026, 0, 1),
    route: 'chat',
    tenant: 'acme',
    stage: 'shadow',
    served: 'legacy',
    legacy: {
      leg: 'legacy',
      ended: 'answered',
      durationMs: 800,
      chars: 200,
      sha256: 'a'.repeat(64),
      tools: ['look_up'],
      usage: { inputTokens: 300, outputTokens: 60 },
    },
    candidate: {
      leg: 'candidate',
      ended: 'answered',
      durationMs: 900,
      chars: 210,
      sha256: 'b'.repeat(64),
      tools: ['look_up'],
      usage: { inputTokens: 500, outputTokens: 70 },
      recalled: ['pattern-1', 'pattern-2'],
    },
    divergence: {
      verdict: 'similar',
      decidedBy: 'lexical',
      layers: [
        { layer: 'duration', say: 'none', ms: 0.01, metrics: { ratio: 1.1, addedMs: 100 } },
        { layer: 'tools', say: 'same', ms: 0.02, metrics: { matching: 1 } },
        { layer: 'lexical', say: 'similar', ms: 0.3, metrics: { similarity: 0.7 } },
      ],
      notes: [],
      ms: 0.4,
    },
    ...said,
  };
}

/** Misses of a test. */
export function missesOf(said: Partial<MissedPairs> = {}): MissedPairs {
  return {
    kind: 'compare',
    at: Date.UTC(2026, 0, 1),
    route: 'chat',
    tenant: 'acme',
    stage: 'shadow',
    why: 'sampled',
    count: 1,
    ...said,
  };
}

/** The words of a pair of a test. */
export const words = { task: 'the-task', legacy: 'the-old-answer', candidate: 'the-new-answer' };

/** A folder of this test's own. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pairs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All that a log tells. */
export async function readAll(path: string, clock?: Clock) {
  const reading = readPairs(path, clock && { clock });
  const pairs: PairRecord[] = [];
  for await (const pair of reading) pairs.push(pair);
  return { pairs, misses: reading.misses(), skipped: reading.skipped };
}
