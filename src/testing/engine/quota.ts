import type { Call } from './endpoint.ts';
import type { EngineResponse } from './message.ts';
import { replies } from './replies.ts';

/** The refusal of a scope whose patterns have reached `current` of the quota; undefined below it. */
export function quotaReached(call: Call, current: number): EngineResponse | undefined {
  const limit = call.state.settings.quota;
  if (current < limit) return undefined;
  call.state.audit.enter(call.scope, {
    action: 'quota_exceeded',
    keyId: call.key.id,
    address: call.request.address,
    resource: ['project', call.scope.project],
    detail: { current, limit },
  });
  return replies.failure(429, 'QUOTA_EXCEEDED', 'The pattern quota of the project is used up.', {
    context: { current, limit },
  });
}
