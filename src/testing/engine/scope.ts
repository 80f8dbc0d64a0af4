import { wordsOf } from './words.ts';

/** What the service keeps of a pattern as JSON; imported data may be anything. */
export type PatternData = Readonly<Record<string, unknown>>;

/** One stored pattern. */
export interface Pattern {
  readonly key: string;
  data: PatternData;
  words: ReadonlySet<string>;
  /** Id of the key that made it; an editor may delete only its own. */
  readonly madeBy: string;
  readonly learned: boolean;
  runId: string | undefined;
  source: string | undefined;
  classification: string;
  /** Written by a call that is not answered yet: parallel calls do not see it, but what it replaces. */
  pending: boolean;
  before?: Pattern | undefined;
}

/** A single learn or recall, as analytics tells it. */
export interface AnalyticsEvent {
  readonly kind: 'learn' | 'recall';
  /** Unix seconds. */
  readonly ts: number;
  readonly eval_score: number | null;
  readonly similarity: number | null;
  readonly reuse_tier: string | null;
  readonly pattern_key: string | null;
}

/** Everything that belongs to one project of one tenant. */
export class Scope {
  readonly tenant: string;
  readonly project: string;
  readonly patterns = new Map<string, Pattern>();
  readonly events: AnalyticsEvent[] = [];
  readonly rollups = new Map<string, unknown>();
  readonly skills = new Map<string, ReadonlySet<string>>();
  readonly scores: number[] = [];
  retentionDays: number | null = null;
  /** Learns that have been taken up and not answered. */
  learning = 0;

  constructor(tenant: string, project: string) {
    this.tenant = tenant;
    this.project = project;
  }

  /** Appends an event; the service keeps the latest 10,000. */
  record(event: AnalyticsEvent): void {
    this.events.push(event);
    if (this.events.length > 10_000) this.events.shift();
  }

  /** Stores or replaces a pattern's data. */
  put(pattern: Omit<Pattern, 'words'>): Pattern {
    const stored = { ...pattern, words: wordsOf(taskOf(pattern.data) ?? '') };
    this.patterns.set(pattern.key, stored);
    return stored;
  }
}

/** A pattern's task; undefined when an import brought none. */
export function taskOf(data: PatternData): string | undefined {
  return typeof data.task === 'string' && data.task.trim() !== '' ? data.task : undefined;
}

/** A pattern's score; undefined when an import brought none or one out of range. */
export function scoreOf(data: PatternData): number | undefined {
  const score = data.success_score;
  return typeof score === 'number' && score >= 0 && score <= 10 ? score : undefined;
}

/** A pattern's `design` object. */
export function designOf(data: PatternData): PatternData {
  const design = data.design;
  return typeof design === 'object' && design !== null ? (design as PatternData) : {};
}
