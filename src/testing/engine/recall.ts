import { type Call, endpoint } from './endpoint.ts';
import { type Match, page, toMatch } from './match.ts';
import { replies } from './replies.ts';
import { flag, number, optional, text } from './schema.ts';
import { designOf, type Pattern, scoreOf, taskOf } from './scope.ts';
import { cosine, jaccard, wordsOf } from './words.ts';

interface RecallBody {
  readonly task: string;
  readonly limit: number;
  readonly offset: number;
  readonly deduplicate: boolean;
  readonly eval_weighted: boolean;
  readonly recency_weight: number;
  readonly recency_half_life_days: number;
  readonly classification: string | undefined;
  readonly source: string | undefined;
  readonly min_score: number | undefined;
}

interface Candidate {
  readonly pattern: Pattern;
  readonly similarity: number;
  /** As it was before this call raised it. */
  readonly score: number;
  readonly match: Match;
}

/** Matches with more word overlap than this are one group, of which the best scored is kept. */
const sameGroup = 0.7;

/** `POST /v1/recall`. */
export const recall = endpoint<RecallBody>({
  method: 'POST',
  path: '/v1/recall',
  body: {
    task: text(10_000),
    limit: optional(number({ min: 1, max: 50, integer: true }), 5),
    offset: optional(number({ min: 0, max: 10_000, integer: true }), 0),
    deduplicate: optional(flag, true),
    eval_weighted: optional(flag, true),
    recency_weight: optional(number({ min: 0, max: 1 }), 0),
    recency_half_life_days: optional(number({ above: 0 }), 30),
    classification: optional(text(50), undefined),
    source: optional(text(50), undefined),
    min_score: optional(number({ min: 0, max: 10 }), undefined),
  },
  run(call) {
    const { body } = call;
    if (body.task.trim() === '') return replies.refusedValue();
    if (call.state.ailment === 'embeddings') return replies.crash();
    const candidates = nearest(call, body);
    // Candidates that the filters then remove are raised as well.
    for (const candidate of candidates) raise(candidate.pattern);
    const ranked = candidates
      .filter((candidate) => fits(candidate, body))
      .map((candidate) => ({ ...candidate, rank: rank(candidate, body, call.now) }))
      .sort((a, b) => b.rank - a.rank);
    const kept = body.deduplicate ? bestOfGroups(ranked) : ranked;
    record(call, kept[0]);
    return replies.ok(page(kept, body));
  },
});

function nearest(call: Call, body: RecallBody): Candidate[] {
  const { embeddings } = call.state.settings;
  const measure = embeddings ? cosine : jaccard;
  const words = wordsOf(body.task);
  return [...call.scope.patterns.values()]
    .flatMap((pattern): Candidate[] => {
      const score = scoreOf(pattern.data);
      if (score === undefined || taskOf(pattern.data) === undefined) return [];
      const similarity = measure(words, pattern.words);
      // Keywords must overlap; embeddings always have a nearest one, even at 0.
      if (!embeddings && similarity === 0) return [];
      return [{ pattern, similarity, score, match: toMatch(pattern, similarity) }];
    })
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, (body.offset + body.limit) * 4);
}

/** Writes a pattern back as the service does: a tenth more score, one more reuse, unknown fields gone. */
function raise(pattern: Pattern): void {
  const { task, design, success_score, reuse_count, timestamp, ...rest } = pattern.data;
  const own = Object.entries(rest).filter(([name]) => name.startsWith('_'));
  pattern.data = {
    task,
    design,
    success_score: Math.min(10, Number(success_score) + 0.1),
    reuse_count: (typeof reuse_count === 'number' ? reuse_count : 0) + 1,
    timestamp,
    ...Object.fromEntries(own),
  };
}

function fits({ pattern, score }: Candidate, body: RecallBody): boolean {
  const design = designOf(pattern.data);
  return (
    (body.source === undefined || design.source === body.source) &&
    (body.classification === undefined || design.classification === body.classification) &&
    (body.min_score === undefined || score >= body.min_score)
  );
}

function rank(candidate: Candidate, body: RecallBody, now: number): number {
  const { pattern, similarity, score } = candidate;
  // Imported patterns have no evaluation and count as middling.
  const quality = pattern.learned ? 0.5 + score / 20 : 0.75;
  const stored = pattern.data.timestamp;
  const ageDays = typeof stored === 'number' ? (now / 1000 - stored) / 86_400 : 0;
  const freshness = 2 ** (-Math.max(0, ageDays) / body.recency_half_life_days);
  const recency = 1 - body.recency_weight + body.recency_weight * freshness;
  return similarity * recency * (body.eval_weighted ? quality : 1);
}

function bestOfGroups<T extends Candidate>(ranked: readonly T[]): T[] {
  const groups: { words: ReadonlySet<string>; best: T }[] = [];
  for (const candidate of ranked) {
    const { words } = candidate.pattern;
    const group = groups.find((one) => jaccard(one.words, words) > sameGroup);
    if (group === undefined) groups.push({ words, best: candidate });
    else if (candidate.score > group.best.score) group.best = candidate;
  }
  return groups.map((group) => group.best);
}

function record(call: Call, top: Candidate | undefined): void {
  call.scope.record({
    kind: 'recall',
    ts: call.now / 1000,
    eval_score: null,
    similarity: top?.similarity ?? null,
    reuse_tier: top?.match.reuse_tier ?? null,
    pattern_key: top?.pattern.key ?? null,
  });
}
