import { endpoint } from './endpoint.ts';
import { replies } from './replies.ts';
import { number, optional, text } from './schema.ts';

interface AuditQuery {
  readonly limit: number;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly action: string | undefined;
  readonly actor: string | undefined;
}

/** `GET /v1/audit`: times are compared as text, so an ISO `T` sorts after every row of its day. */
export const audit = endpoint<unknown, AuditQuery>({
  method: 'GET',
  path: '/v1/audit',
  role: 'admin',
  permission: 'audit:read',
  query: {
    limit: optional(number({ min: 1, max: 1000, integer: true }), 50),
    since: optional(text(100), undefined),
    until: optional(text(100), undefined),
    action: optional(text(100), undefined),
    actor: optional(text(200), undefined),
  },
  run({ state, scope, query }) {
    if (state.settings.mode === 'json') {
      return replies.failure(503, 'SERVICE_UNAVAILABLE', 'The audit log needs a database.');
    }
    const { since, until, action, actor } = query;
    const rows = state.audit
      .of(scope)
      .filter(
        (row) =>
          (since === undefined || row.timestamp >= since) &&
          (until === undefined || row.timestamp <= until) &&
          (action === undefined || row.action === action) &&
          (actor === undefined || row.actor === actor),
      );
    return replies.ok({ events: rows.slice(0, query.limit), total: rows.length });
  },
});
