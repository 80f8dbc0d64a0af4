import { type Call, endpoint } from './endpoint.ts';
import { enterAudit } from './enter-audit.ts';
import type { KeyRow } from './key-ring.ts';
import type { EngineResponse } from './message.ts';
import { replies } from './replies.ts';
import { type Role, reaches, roles } from './roles.ts';
import { number, oneOf, optional, text } from './schema.ts';
import { timestamp } from './timestamp.ts';

function toView(row: KeyRow) {
  return {
    id: row.id,
    name: row.name,
    key_prefix: row.prefix,
    role: row.role,
    tenant_id: row.tenant,
    project_id: row.project,
    max_patterns: row.maxPatterns,
    created_at: timestamp(row.createdAt),
    // The service has the field and never fills it.
    last_used_at: null,
    revoked_at: row.revokedAt === undefined ? null : timestamp(row.revokedAt),
    expires_at: row.expiresAt,
  };
}

function withDatabase(call: Call, run: () => EngineResponse): EngineResponse {
  return call.state.settings.mode === 'json'
    ? replies.failure(503, 'STORAGE_ERROR', 'Managing keys needs a database.')
    : run();
}

function enter(
  call: Call,
  action: 'key_created' | 'key_revoked' | 'key_rotated',
  row: KeyRow,
): void {
  enterAudit(call, {
    action,
    resource: ['api_key', row.id],
    detail: { name: row.name, role: row.role },
  });
}

const ownKeys = ({ state, scope }: Call): readonly KeyRow[] =>
  state.keys.rows().filter((row) => row.tenant === scope.tenant && row.project === scope.project);

const listKeys = endpoint({
  method: 'GET',
  path: '/v1/keys',
  role: 'admin',
  permission: 'keys:list',
  run: (call) => withDatabase(call, () => replies.ok({ keys: ownKeys(call).map(toView) })),
});

const createKey = endpoint<{
  readonly name: string;
  readonly role: Role;
  readonly max_patterns: number | null;
  readonly expires_at: string | null;
}>({
  method: 'POST',
  path: '/v1/keys',
  role: 'admin',
  permission: 'keys:create',
  body: {
    name: text(100, 1),
    role: optional(oneOf(roles), 'editor'),
    max_patterns: optional(number({ min: 0, integer: true }), null),
    expires_at: optional(text(100), null),
  },
  run: (call) =>
    withDatabase(call, () => {
      const { name, role, max_patterns: maxPatterns, expires_at: expiresAt } = call.body;
      if (reaches(role, 'admin') && call.key.role !== 'owner') {
        return replies.failure(403, 'FORBIDDEN', `An admin cannot make a key of role '${role}'.`);
      }
      if (expiresAt !== null && Number.isNaN(Date.parse(expiresAt))) return replies.crash();
      const { tenant, project } = call.scope;
      const key = { name, role, tenant, project, maxPatterns, expiresAt };
      const { row, token } = call.state.keys.create(key, call.now);
      enter(call, 'key_created', row);
      return replies.ok({ ...toView(row), key: token }, 201);
    }),
});

function withOwnKey(call: Call, run: (row: KeyRow) => EngineResponse): EngineResponse {
  return withDatabase(call, () => {
    const row = ownKeys(call).find((one) => one.id === call.params.id);
    if (row === undefined) return replies.failure(404, 'NOT_FOUND', 'Key not found.');
    if (row.revokedAt !== undefined) {
      return replies.failure(409, 'ERROR', 'The key is already revoked.');
    }
    return run(row);
  });
}

const rotateKey = endpoint({
  method: 'POST',
  path: '/v1/keys/{id}/rotate',
  role: 'admin',
  permission: 'keys:rotate',
  run: (call) =>
    withOwnKey(call, (old) => {
      const { row, token } = call.state.keys.rotate(old);
      enter(call, 'key_rotated', row);
      return replies.ok({ ...toView(row), key: token });
    }),
});

const revokeKey = endpoint({
  method: 'DELETE',
  path: '/v1/keys/{id}',
  role: 'admin',
  permission: 'keys:revoke',
  run: (call) =>
    withOwnKey(call, (row) => {
      row.revokedAt = call.now;
      enter(call, 'key_revoked', row);
      return replies.ok({ id: row.id, revoked: true });
    }),
});

const bootstrap = endpoint<{ readonly bootstrap_token: string }>({
  method: 'POST',
  path: '/v1/keys/bootstrap',
  role: 'none',
  body: { bootstrap_token: text(1000, 1) },
  run: (call) =>
    withDatabase(call, () => {
      const { keys } = call.state;
      // Revoked keys count too, so a service whose keys are all revoked stays locked.
      if (keys.size > 0) return replies.failure(409, 'ERROR', 'A key exists already.');
      const owner = { name: 'bootstrap', role: 'owner', tenant: 'default', project: 'default' };
      const { row, token } = keys.create({ ...owner, role: 'owner' }, call.now);
      return replies.ok({ ...toView(row), key: token }, 201);
    }),
});

/** `/v1/keys` and what is below it; all of it 503 without a database. */
export const keyEndpoints = [listKeys, createKey, rotateKey, revokeKey, bootstrap];
