import { InvalidOptionsError } from '../../core/errors.ts';
import { issuesOf, refuse, required } from '../../core/option-checks.ts';
import type { EngramiaClient } from '../client.ts';
import { clientWith } from '../client-options.ts';
import { toLearnTarget } from './learn-target.ts';
import type { ScopeSource } from './scope-source.ts';

/**
 * All tenants share the client's one scope: what one of them taught may be recalled for another.
 *
 * @throws InvalidOptionsError for what is no client, and for one that has no key
 */
export function oneScope(client: EngramiaClient): ScopeSource {
  refuse('oneScope()', issuesOf({ client }, { client: required(clientWith('learn')) }));
  if (client.fingerprint === undefined) {
    throw new InvalidOptionsError('oneScope()', [
      'the client has no key: set apiKey or ENGRAMIA_API_KEY, or use keyPerTenant',
    ]);
  }
  const target = toLearnTarget(client, client.fingerprint);
  return Object.freeze<ScopeSource>({
    targetOf: (tenant) => (tenant === '' ? undefined : target),
    clientOf: (tenant) => (tenant === '' ? undefined : client),
  });
}
