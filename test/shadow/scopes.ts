import type {
  ImportOutcome,
  KeyedLesson,
  Learner,
  LearnOutcome,
  LearnTarget,
  LearnVia,
  Lesson,
} from '../../src/core/contracts/learner.ts';

type Answer = LearnOutcome | Promise<LearnOutcome>;

/** One attempt to learn, as the service saw it. */
export interface Attempt {
  readonly scope: string;
  readonly lesson: Lesson;
  readonly at: number;
}

/** One attempt to import, as the service saw it. */
export interface Batch {
  readonly scope: string;
  readonly lessons: readonly KeyedLesson[];
  readonly at: number;
}

interface Service {
  /** What the service answers to a batch, by attempt. @default all are imported */
  import?: (
    batch: Batch,
    index: number,
    signal: AbortSignal,
  ) => ImportOutcome | Promise<ImportOutcome>;
  /** What the service answers, by attempt. @default everything is stored */
  learn?: (attempt: Attempt, index: number, signal: AbortSignal) => Answer;
  wasStored?: (lesson: Lesson, sinceMs: number) => boolean;
  readyInMs?: (scope: string, via: LearnVia) => number;
  address?: (tenant: string) => string;
  now: () => number;
}

export const stored: LearnOutcome = { kind: 'stored', patternCount: 1 };
export const failing = (kind: 'perhaps' | 'quota' | 'unauthorized' | 'refused'): LearnOutcome => ({
  kind,
  error: new Error(kind),
});
export const later = (afterMs?: number): LearnOutcome => ({
  kind: 'later',
  error: new Error('later'),
  afterMs,
});

/** A learner with one scope per tenant, and what arrived there. */
export function scopes(service: Service): {
  learner: Learner;
  attempts: Attempt[];
  batches: Batch[];
  inFlight: Map<string, number>;
  mostInFlight: () => number;
} {
  const attempts: Attempt[] = [];
  const batches: Batch[] = [];
  const inFlight = new Map<string, number>();
  let most = 0;
  const count = (scope: string, change: number): void => {
    const now = (inFlight.get(scope) ?? 0) + change;
    inFlight.set(scope, now);
    most = Math.max(most, now);
  };
  const targetOf = (tenant: string): LearnTarget => ({
    scope: `scope-${tenant}`,
    address: service.address?.(tenant) ?? 'https://service.test',
    readyInMs: (via = 'learn') => service.readyInMs?.(`scope-${tenant}`, via) ?? 0,
    learn: async (lesson, { signal }) => {
      const attempt = { scope: `scope-${tenant}`, lesson, at: service.now() };
      count(attempt.scope, 1);
      attempts.push(attempt);
      const outcome = await (service.learn?.(attempt, attempts.length - 1, signal) ?? stored);
      count(attempt.scope, -1);
      return outcome;
    },
    import: async (lessons, { signal }) => {
      const batch = { scope: `scope-${tenant}`, lessons, at: service.now() };
      count(batch.scope, 1);
      batches.push(batch);
      const all: ImportOutcome = { kind: 'imported', imported: lessons.length };
      const outcome = await (service.import?.(batch, batches.length - 1, signal) ?? all);
      count(batch.scope, -1);
      return outcome;
    },
    wasStored: async (lesson, sinceMs) => service.wasStored?.(lesson, sinceMs) ?? false,
  });
  return { learner: { targetOf }, attempts, batches, inFlight, mostInFlight: () => most };
}
