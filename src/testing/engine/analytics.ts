import { type Call, endpoint } from './endpoint.ts';
import { replies } from './replies.ts';
import { number, oneOf, optional } from './schema.ts';

const windows = ['hourly', 'daily', 'weekly'] as const;

/** `GET /v1/analytics/events`: the only trace that a single learn leaves for an editor. */
export const events = endpoint<
  unknown,
  { readonly limit: number; readonly since: number | undefined }
>({
  method: 'GET',
  path: '/v1/analytics/events',
  permission: 'analytics:read',
  query: {
    limit: optional(number({ min: 1, max: 1000, integer: true }), 100),
    since: optional(number(), undefined),
  },
  run({ scope, query }) {
    const since = query.since ?? Number.NEGATIVE_INFINITY;
    const found = scope.events.filter((event) => event.ts >= since).reverse();
    return replies.ok({ events: found.slice(0, query.limit), total: found.length });
  },
});

function compute({ scope, now }: Call, window: string) {
  const learns = scope.events.filter((event) => event.kind === 'learn').length;
  return {
    tenant_id: scope.tenant,
    project_id: scope.project,
    window,
    computed_at: now / 1000,
    learn_count: learns,
    recall_count: scope.events.length - learns,
  };
}

/** `POST /v1/analytics/rollup`: an editor learns its own scope from it. */
export const computeRollup = endpoint<{ readonly window: (typeof windows)[number] }>({
  method: 'POST',
  path: '/v1/analytics/rollup',
  role: 'editor',
  permission: 'analytics:rollup',
  asJob: 'rollup',
  body: { window: oneOf(windows) },
  run(call) {
    const { window } = call.body;
    const rollup = compute(call, window);
    call.scope.rollups.set(window, rollup);
    return replies.ok({ window, rollups: [rollup] });
  },
});

/** `GET /v1/analytics/rollup/{window}`: 404 until somebody had it computed. */
export const readRollup = endpoint({
  method: 'GET',
  path: '/v1/analytics/rollup/{window}',
  permission: 'analytics:read',
  run({ scope, params }) {
    const rollup = scope.rollups.get(params.window ?? '');
    return rollup === undefined
      ? replies.failure(404, 'NOT_FOUND', 'No rollup was computed for this window.')
      : replies.ok(rollup);
  },
});
