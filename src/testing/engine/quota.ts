import type { Call } from './endpoint.ts';
import { enterAudit } from './enter-audit.ts';
import type { EngineResponse } from './message.ts';
import { replies } from './replies.ts';

/** The refusal of a scope whose patterns have reached `current` of the quota; undefined below it. */
export function quotaReached(call: Call, current: number): EngineResponse | undefined {
  const limit = call.state.settings.quota;
  if (current < limit) return undefined;
  enterAudit(call, {
    action: 'quota_exceeded',
    resource: ['project', call.scope.project],
    detail: { current, limit },
  });
  return replies.failure(429, 'QUOTA_EXCEEDED', 'The pattern quota of the project is used up.', {
    context: { current, limit },
  });
}
