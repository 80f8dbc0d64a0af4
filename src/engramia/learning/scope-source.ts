import type { Learner } from '../../core/contracts/learner.ts';
import type { EngramiaClient } from '../client.ts';

/** Finds the client and the scope of a tenant: made by `oneScope` or `keyPerTenant`. */
export interface ScopeSource extends Learner {
  /** The client with the tenant's own key; undefined: it has none. Rejects when the key cannot be looked up. */
  clientOf(tenant: string): EngramiaClient | undefined | Promise<EngramiaClient | undefined>;
}
