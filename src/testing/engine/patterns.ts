import { type Call, endpoint } from './endpoint.ts';
import { enterAudit } from './enter-audit.ts';
import { replies } from './replies.ts';
import { reaches } from './roles.ts';
import { oneOf } from './schema.ts';
import { designOf } from './scope.ts';
import { isPatternKey } from './transfer.ts';

function enter(call: Call, action: 'pattern_deleted' | 'pattern_classified', key: string): void {
  enterAudit(call, {
    action,
    resource: ['pattern', key],
    detail: { pattern_key: key },
  });
}

/** `DELETE /v1/patterns/{key}`: an editor deletes only what its own key made. */
export const deletePattern = endpoint({
  method: 'DELETE',
  path: '/v1/patterns/{key+}',
  role: 'editor',
  permission: 'patterns:delete',
  run(call) {
    const key = call.params.key ?? '';
    if (!isPatternKey(key)) return replies.refusedValue();
    const pattern = call.scope.patterns.get(key);
    if (pattern === undefined) return replies.ok({ deleted: false, pattern_key: key });
    if (!reaches(call.key.role, 'admin') && pattern.madeBy !== call.key.id) {
      return replies.failure(403, 'FORBIDDEN', 'The pattern was made with another key.');
    }
    call.scope.patterns.delete(key);
    call.scope.skills.delete(key);
    enter(call, 'pattern_deleted', key);
    return replies.ok({ deleted: true, pattern_key: key });
  },
});

/** `PUT /v1/governance/patterns/{key}/classify`. */
export const classifyPattern = endpoint<{ readonly classification: string }>({
  method: 'PUT',
  path: '/v1/governance/patterns/{key+}/classify',
  role: 'admin',
  permission: 'governance:classify',
  body: { classification: oneOf(['public', 'internal', 'confidential']) },
  run(call) {
    const key = call.params.key ?? '';
    const pattern = call.scope.patterns.get(key);
    if (pattern === undefined) return replies.failure(404, 'NOT_FOUND', 'Pattern not found.');
    const { classification } = call.body;
    pattern.classification = classification;
    pattern.data = {
      ...pattern.data,
      design: { ...designOf(pattern.data), classification },
    };
    enter(call, 'pattern_classified', key);
    return replies.ok({ pattern_key: key, classification });
  },
});
