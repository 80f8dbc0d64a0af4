import { attempt } from '../core/attempt.ts';

// By this name copies of the SDK find the storage that they share.
const storage = Symbol.for('openai.agents.core.asyncLocalStorage');

/**
 * What the SDK keeps for one run alone. Several may have one context at once: the model calls an agent that is a tool more
 * than once, or the app gives its own to all of them.
 */
export function placeOfRun(): object | undefined {
  const kept = (globalThis as Record<symbol, { getStore?: () => unknown } | undefined>)[storage];
  const store = attempt(() => kept?.getStore?.());
  return typeof store === 'object' && store !== null ? store : undefined;
}
