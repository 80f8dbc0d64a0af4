import { designOf, type Pattern, type PatternData, scoreOf, taskOf } from './engine/scope.ts';

/** A stored pattern, for assertions. */
export interface FakePattern {
  readonly key: string;
  /** Empty when an import brought none. */
  readonly task: string;
  readonly code: string | undefined;
  /** 0 to 10; undefined when an import brought none, or one out of range. */
  readonly score: number | undefined;
  readonly reuseCount: number;
  readonly source: string | undefined;
  readonly classification: string;
  readonly runId: string | undefined;
  /** The pattern as it is exported. */
  readonly data: PatternData;
}

/** Shows a pattern as it is now. */
export function toFakePattern(pattern: Pattern): FakePattern {
  const { code, source } = designOf(pattern.data);
  const reuses = pattern.data.reuse_count;
  return {
    key: pattern.key,
    task: taskOf(pattern.data) ?? '',
    code: typeof code === 'string' ? code : undefined,
    score: scoreOf(pattern.data),
    reuseCount: typeof reuses === 'number' ? reuses : 0,
    source: typeof source === 'string' ? source : undefined,
    classification: pattern.classification,
    runId: pattern.runId,
    data: structuredClone(pattern.data),
  };
}
