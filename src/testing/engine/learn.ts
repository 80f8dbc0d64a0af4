import { fingerprint } from '../../core/text/fingerprint.ts';
import { type Call, endpoint } from './endpoint.ts';
import type { EngineResponse } from './message.ts';
import { quotaReached } from './quota.ts';
import { redact } from './redact.ts';
import { replies } from './replies.ts';
import { number, optional, text } from './schema.ts';
import { type Pattern, type Scope, scoreOf } from './scope.ts';
import { jaccard, wordsOf } from './words.ts';

interface LearnBody {
  readonly task: string;
  readonly code: string;
  readonly eval_score: number;
  readonly output: string | undefined;
  readonly run_id: string | null;
  readonly classification: string;
  readonly source: string;
}

/** Two tasks with at least this word overlap are one pattern; the service's own threshold. */
const sameTask = 0.92;

/** `POST /v1/learn`. */
export const learn = endpoint<LearnBody>({
  method: 'POST',
  path: '/v1/learn',
  role: 'editor',
  permission: 'learn',
  body: {
    task: text(10_000),
    code: text(500_000),
    eval_score: number({ min: 0, max: 10 }),
    output: optional(text(500_000), undefined),
    run_id: optional(text(200), null),
    classification: optional(text(50), 'internal'),
    source: optional(text(50), 'api'),
  },
  run(call) {
    const { body, scope } = call;
    const refusal = quotaReached(call, scope.patterns.size);
    if (refusal !== undefined) return refusal;
    if (body.task.trim() === '' || body.code.trim() === '') return replies.refusedValue();
    const database = call.state.settings.mode === 'database';
    if (database && [body.task, body.code, body.output].some(hasNul)) return replies.crash();
    const twin = nearDuplicate(scope, body.task);
    if (twin !== undefined && body.eval_score <= (scoreOf(twin.data) ?? 0)) {
      return replies.ok({ stored: false, pattern_count: scope.patterns.size });
    }
    return store(call, body, twin);
  },
});

const hasNul = (value: string | undefined): boolean => value?.includes('\0') === true;

function nearDuplicate(scope: Scope, task: string): Pattern | undefined {
  const words = wordsOf(task);
  let best: { pattern: Pattern; similarity: number } | undefined;
  for (const latest of scope.patterns.values()) {
    const pattern = latest.pending ? latest.before : latest;
    if (pattern === undefined) continue;
    const similarity = jaccard(words, pattern.words);
    if (similarity >= sameTask && similarity > (best?.similarity ?? 0)) {
      best = { pattern, similarity };
    }
  }
  return best?.pattern;
}

/** The key of a new pattern: a client finds its own learn by the first part. */
function newKey(task: string, now: number): string {
  return `patterns/${fingerprint(task, 8)}_${now}_${Math.random().toString(36).slice(2, 8)}`;
}

function store(call: Call, body: LearnBody, twin: Pattern | undefined): EngineResponse {
  const { scope, now, state } = call;
  const { task, output, source, classification } = body;
  const database = state.settings.mode === 'database';
  // The row is written before its embedding and its other columns: a provider that is down, or a NUL, costs only those.
  const whole = state.ailment !== 'embeddings';
  const columns = database && whole && !hasNul(body.run_id ?? undefined);
  const pattern = scope.put({
    key: twin?.key ?? newKey(task, now),
    data: {
      task,
      design: {
        code: redact(body.code),
        ...(output === undefined ? {} : { output: redact(output) }),
        source,
        classification,
      },
      success_score: body.eval_score,
      reuse_count: 0,
      timestamp: now / 1000,
    },
    madeBy: columns || !database ? call.key.id : '',
    learned: true,
    runId: columns ? (body.run_id ?? undefined) : undefined,
    source: columns ? source : undefined,
    classification,
    pending: true,
    before: twin,
  });
  if (whole) record(call, pattern.key, body.eval_score);
  return answer(call, pattern);
}

function record(call: Call, key: string, score: number): void {
  call.scope.scores.push(score);
  call.scope.record({
    kind: 'learn',
    ts: call.now / 1000,
    eval_score: score,
    similarity: null,
    reuse_tier: null,
    pattern_key: key,
  });
}

function answer(call: Call, pattern: Pattern): EngineResponse {
  const { scope } = call;
  const races = call.state.settings.mode === 'json' && scope.learning > 0;
  const crashes = races || call.state.ailment === 'embeddings';
  scope.learning += 1;
  const settle = (): void => {
    scope.learning -= 1;
    pattern.pending = false;
    pattern.before = undefined;
  };
  const reply = crashes
    ? replies.crash()
    : replies.ok({ stored: true, pattern_count: scope.patterns.size });
  return { ...reply, settle };
}
