import type { LearnTarget } from '../../src/core/contracts/learner.ts';

/** A scope that has stored a lesson as soon as it gets it. */
export function instantTarget(over: Partial<LearnTarget> = {}): LearnTarget {
  return {
    scope: 'scope',
    address: 'http://127.0.0.1:9',
    readyInMs: () => 0,
    learn: async () => ({ kind: 'stored', patternCount: 1 }),
    import: async () => ({ kind: 'imported', imported: 1 }),
    wasStored: async () => false,
    ...over,
  };
}
