import { designOf, type Pattern, taskOf } from './scope.ts';

/** A recalled pattern as the service returns it. */
export interface Match {
  readonly similarity: number;
  readonly reuse_tier: 'duplicate' | 'adapt' | 'fresh';
  readonly pattern_key: string;
  readonly pattern: {
    readonly task: string;
    readonly code: string | null;
    readonly success_score: number;
    readonly reuse_count: number;
  };
}

function tierOf(similarity: number): Match['reuse_tier'] {
  if (similarity >= 0.92) return 'duplicate';
  return similarity >= 0.7 ? 'adapt' : 'fresh';
}

/** Shows a pattern as it is now. */
export function toMatch(pattern: Pattern, similarity: number): Match {
  const { code } = designOf(pattern.data);
  const { success_score, reuse_count } = pattern.data;
  return {
    similarity,
    reuse_tier: tierOf(similarity),
    pattern_key: pattern.key,
    pattern: {
      task: taskOf(pattern.data) ?? '',
      code: typeof code === 'string' ? code : null,
      success_score: Number(success_score),
      reuse_count: typeof reuse_count === 'number' ? reuse_count : 0,
    },
  };
}

/** Cuts one page out of all matches. */
export function page(
  all: readonly { readonly match: Match }[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): { matches: Match[]; has_more: boolean; next_offset: number | null } {
  const end = offset + limit;
  const more = all.length > end;
  return {
    matches: all.slice(offset, end).map((one) => one.match),
    has_more: more,
    next_offset: more ? end : null,
  };
}
