import { type Call, endpoint } from './endpoint.ts';
import { enterAudit } from './enter-audit.ts';
import { replies } from './replies.ts';
import { flag, number, optional } from './schema.ts';
import type { Scope } from './scope.ts';

const retentionOf = ({ scope }: Call) => ({
  tenant_id: scope.tenant,
  project_id: scope.project,
  retention_days: scope.retentionDays,
  source: scope.retentionDays === null ? 'default' : 'project',
});

const readRetention = endpoint({
  method: 'GET',
  path: '/v1/governance/retention',
  role: 'admin',
  permission: 'governance:read',
  run: (call) => replies.ok(retentionOf(call)),
});

const setRetention = endpoint<{ readonly retention_days: number | null }>({
  method: 'PUT',
  path: '/v1/governance/retention',
  role: 'admin',
  permission: 'governance:write',
  body: { retention_days: optional(number({ min: 1, max: 36_500, integer: true }), null) },
  run(call) {
    if (call.state.settings.mode === 'json') {
      return replies.failure(501, 'PROVIDER_NOT_CONFIGURED', 'Retention needs a database.');
    }
    call.scope.retentionDays = call.body.retention_days;
    return replies.ok(retentionOf(call));
  },
});

function expired({ scope, now }: Call): readonly string[] {
  const days = scope.retentionDays;
  if (days === null) return [];
  const oldest = now / 1000 - days * 86_400;
  return [...scope.patterns.values()].flatMap(({ key, data }) =>
    typeof data.timestamp === 'number' && data.timestamp < oldest ? [key] : [],
  );
}

const applyRetention = endpoint<{ readonly dry_run: boolean }>({
  method: 'POST',
  path: '/v1/governance/retention/apply',
  role: 'admin',
  permission: 'governance:write',
  asJob: 'retention_apply',
  body: { dry_run: optional(flag, false) },
  run(call) {
    const keys = expired(call);
    const { dry_run } = call.body;
    if (!dry_run) {
      for (const key of keys) call.scope.patterns.delete(key);
      enterAudit(call, {
        action: 'retention_applied',
        resource: ['project', call.scope.project],
        detail: { purged_count: keys.length },
      });
    }
    return replies.ok({ purged_count: keys.length, dry_run });
  },
});

function erase(call: Call, scope: Scope): { patterns: number; keys: number } {
  const { state } = call;
  const patterns = scope.patterns.size;
  scope.patterns.clear();
  scope.skills.clear();
  scope.events.length = 0;
  state.audit.clearDetails(scope);
  enterAudit(call, { action: 'scope_deleted', resource: ['project', scope.project] }, scope);
  const lost = state.keys
    .rows()
    .filter((row) => row.tenant === scope.tenant && row.project === scope.project)
    // Keys of the environment cannot be revoked.
    .filter((row) => state.settings.mode === 'database' && row.revokedAt === undefined);
  for (const row of lost) row.revokedAt = call.now;
  // The service counts storage rows: three a pattern, and one of the project's own.
  return { patterns: patterns === 0 ? 0 : patterns * 3 + 1, keys: lost.length };
}

function eraseAll(call: Call, scopes: readonly Scope[], project: string) {
  const erased = scopes.map((scope) => erase(call, scope));
  return replies.ok({
    tenant_id: call.key.tenant,
    project_id: project,
    patterns_deleted: erased.reduce((sum, one) => sum + one.patterns, 0),
    jobs_deleted: 0,
    keys_revoked: erased.reduce((sum, one) => sum + one.keys, 0),
    projects_deleted: 0,
  });
}

/** There is no dry run here: a `dry_run` in the query is ignored and everything is deleted. */
const deleteProject = endpoint({
  method: 'DELETE',
  path: '/v1/governance/projects/{id}',
  role: 'admin',
  permission: 'governance:delete',
  run(call) {
    const id = call.params.id ?? '';
    if (call.key.role !== 'owner' && id !== call.key.project) {
      return replies.failure(403, 'FORBIDDEN', 'An admin may delete only its own project.');
    }
    const scopes = call.state.scopesOf(call.key.tenant).filter((scope) => scope.project === id);
    return eraseAll(call, scopes, id);
  },
});

const deleteTenant = endpoint({
  method: 'DELETE',
  path: '/v1/governance/tenants/{id}',
  role: 'owner',
  permission: 'governance:delete_tenant',
  run(call) {
    if (call.params.id !== call.key.tenant) {
      return replies.failure(403, 'FORBIDDEN', 'An owner may delete only its own tenant.');
    }
    return eraseAll(call, call.state.scopesOf(call.key.tenant), '');
  },
});

/** Retention and deletion. */
export const governanceEndpoints = [
  readRetention,
  setRetention,
  applyRetention,
  deleteProject,
  deleteTenant,
];
