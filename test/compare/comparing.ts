import { type ComparerSetup, createComparer } from '../../src/compare/create-comparer.ts';
import type { ToolCall } from '../../src/core/call/subject.ts';
import type { CompareOptions } from '../../src/core/contracts/compare-options.ts';
import type { Divergence, LayerFinding } from '../../src/core/contracts/comparer.ts';
import type { Leg } from '../../src/core/stage.ts';

/** How a leg ended, in a test. */
export interface End {
  readonly text?: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly durationMs?: number;
  /** Present: it failed with this. */
  readonly reason?: unknown;
}

/** Compares the ends of two legs. A text stands for a leg that answered with it. */
export async function compared(
  legacy: End | string,
  candidate: End | string,
  options: CompareOptions = {},
  setup: ComparerSetup = {},
): Promise<Divergence | undefined> {
  const comparer = createComparer(options, setup);
  const held = (leg: Leg, given: End | string) => {
    const end = typeof given === 'string' ? { text: given } : given;
    const { text, toolCalls, durationMs = 1, reason } = end;
    const view = text === undefined ? undefined : { text, ...(toolCalls && { toolCalls }) };
    return 'reason' in end
      ? comparer.hold({ leg, status: 'rejected', reason, durationMs }, undefined, undefined)
      : comparer.hold({ leg, status: 'fulfilled', value: text, durationMs }, view, undefined);
  };
  const { signal } = new AbortController();
  return comparer.compare({
    legacy: held('legacy', legacy),
    candidate: held('candidate', candidate),
    task: 'What is it?',
    signal,
  });
}

/** The same where both can be read. */
export async function divergence(...given: Parameters<typeof compared>): Promise<Divergence> {
  const found = await compared(...given);
  if (found === undefined) throw new Error('Nothing could be said about these two.');
  return found;
}

/** What one layer found. */
export function layerOf(found: Divergence, name: string): LayerFinding | undefined {
  return found.layers.find(({ layer }) => layer === name);
}
