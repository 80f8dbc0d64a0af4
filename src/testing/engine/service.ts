import { endpoint } from './endpoint.ts';
import { replies } from './replies.ts';
import { number, optional } from './schema.ts';
import { type Scope, scoreOf, taskOf } from './scope.ts';

const version = endpoint({
  method: 'GET',
  path: '/v1/version',
  role: 'none',
  run: () =>
    replies.ok({
      app_version: '0.6.7',
      api_version: 'v1',
      git_commit: 'emulator',
      build_time: 'unknown',
    }),
});

const health = endpoint({
  method: 'GET',
  path: '/v1/health',
  run: ({ state, scope }) =>
    replies.ok({
      status: 'ok',
      storage: state.settings.mode === 'json' ? 'JSONStorage' : 'PostgresStorage',
      pattern_count: scope.patterns.size,
    }),
});

const deepHealth = endpoint({
  method: 'GET',
  path: '/v1/health/deep',
  run({ state, now }) {
    const database = state.settings.mode === 'database';
    return replies.ok({
      // With a database the service expects an older schema than it has, and is never more than degraded.
      status: database ? 'degraded' : 'ok',
      version: '0.6.7',
      uptime_seconds: (now - state.startedAt) / 1000,
      checks: {
        storage: 'ok',
        llm: 'not_configured',
        embedding: state.settings.embeddings ? 'ok' : 'not_configured',
        redis: 'not_configured',
        stripe: 'not_configured',
        migration: database ? 'degraded' : 'not_configured',
      },
    });
  },
});

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

const metrics = endpoint({
  method: 'GET',
  path: '/v1/metrics',
  permission: 'metrics:read',
  run: ({ scope }) =>
    replies.ok({
      runs: scope.scores.length,
      success_rate: scope.scores.length === 0 ? 0 : 1,
      avg_eval_score: mean(scope.scores),
      pattern_count: scope.patterns.size,
      // Never anything else there, whatever is recalled.
      reuse_rate: 0,
    }),
});

const billing = endpoint({
  method: 'GET',
  path: '/v1/billing/status',
  run: ({ state, scope }) =>
    replies.ok({
      plan_tier: 'developer',
      status: 'active',
      billing_interval: 'month',
      eval_runs_used: 0,
      eval_runs_limit: null,
      patterns_used: scope.patterns.size,
      // The cap that is enforced is 80 % of the one that is shown.
      patterns_limit: Math.round(state.settings.quota / 0.8),
      projects_used: 1,
      projects_limit: null,
      period_end: null,
      overage_enabled: false,
      overage_budget_cap_cents: null,
      cancel_at_period_end: false,
    }),
});

const isSound = (scope: Scope): boolean =>
  [...scope.patterns.values()].every(
    ({ data }) => taskOf(data) !== undefined && scoreOf(data) !== undefined,
  );

/** One malformed import stops the aging of the whole scope. */
const aging = endpoint({
  method: 'POST',
  path: '/v1/aging',
  role: 'editor',
  permission: 'aging',
  asJob: 'aging',
  run: ({ scope }) => (isSound(scope) ? replies.ok({ pruned: 0 }) : replies.refusedValue()),
});

const feedback = endpoint<unknown, { readonly limit: number }>({
  method: 'GET',
  path: '/v1/feedback',
  query: { limit: optional(number({ min: 1, max: 20, integer: true }), 5) },
  run: () => replies.ok({ feedback: [], has_more: false, next_offset: null }),
});

const noModel = (path: string, job: string) =>
  endpoint({
    method: 'POST',
    path,
    role: 'editor',
    permission: job,
    body: {},
    run: () => replies.failure(501, 'PROVIDER_NOT_CONFIGURED', 'No language model is configured.'),
  });

const credentials = endpoint({
  method: 'GET',
  path: '/v1/credentials',
  role: 'admin',
  permission: 'credentials:read',
  run: () => replies.failure(503, 'BYOK_NOT_ENABLED', 'Own provider keys are not enabled.'),
});

const backup = endpoint({
  method: 'GET',
  path: '/v1/governance/backup/download',
  role: 'owner',
  permission: 'governance:backup',
  run: () => replies.failure(402, 'TIER_UPGRADE_REQUIRED', 'Backups need a higher plan.'),
});

/** What the service tells of itself, and what it does only with more configuration. */
export const serviceEndpoints = [
  version,
  health,
  deepHealth,
  metrics,
  billing,
  aging,
  feedback,
  noModel('/v1/evaluate', 'evaluate'),
  noModel('/v1/compose', 'compose'),
  noModel('/v1/evolve', 'evolve'),
  credentials,
  backup,
];
