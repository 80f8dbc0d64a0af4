import type { AuditEntry } from './audit-log.ts';
import type { Call } from './endpoint.ts';
import type { Scope } from './scope.ts';

/** Enters what a call did to a scope: by its key, from its address. */
export function enterAudit(
  { state, key, request, scope: own }: Call,
  done: Omit<AuditEntry, 'keyId' | 'address'>,
  scope: Scope = own,
): void {
  state.audit.enter(scope, { ...done, keyId: key.id, address: request.address });
}
