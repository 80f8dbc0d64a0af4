import { having, issuesOf, refuse, required } from '../core/option-checks.ts';
import { defaultAnswer } from './default-answer.ts';
import { type ChangeEmitter, emittedChanges } from './emitted-changes.ts';
import type { EvaluationContext, FlagProvider, FlagResolution } from './provider.ts';

/** The part of Unleash's server client that is used. */
export interface UnleashClient extends ChangeEmitter {
  getVariant(
    name: string,
    context: { userId?: string; properties: { [name: string]: string } },
  ): { readonly name: string; readonly enabled: boolean };
  getFeatureToggleDefinition(name: string): unknown;
}

/**
 * Flags from a client of `unleash-client`: toggles whose variants are named after stages. The tenant is the `userId`, user
 * and attributes are `properties`. A toggle that is off, or has no variant for a tenant, gives the default stage; one
 * that does not exist counts as no answer, so that the last good one holds. The client stays the app's: it is not ended.
 *
 * @example
 * const flags = unleashFlags(await startUnleash({ appName: 'chat', url }));
 * @throws InvalidOptionsError when it is not such a client.
 */
export function unleashFlags(client: UnleashClient): FlagProvider {
  const rule = required(having('getVariant', 'getFeatureToggleDefinition', 'on', 'off'));
  refuse('unleashFlags()', issuesOf({ client }, { client: rule }));
  return {
    metadata: { name: 'unleash' },
    events: emittedChanges(client, 'changed'),
    resolveStringEvaluation(flagKey, defaultValue, context): FlagResolution {
      const definition = client.getFeatureToggleDefinition(flagKey);
      if (definition === undefined || definition === null) {
        return { value: defaultValue, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' };
      }
      const { name, enabled } = client.getVariant(flagKey, unleashContext(context));
      return enabled ? { value: name, reason: 'TARGETING_MATCH' } : defaultAnswer(defaultValue);
    },
  };
}

function unleashContext({ targetingKey, ...others }: EvaluationContext) {
  const texts = Object.entries(others).map(([name, value]) => [name, String(value)] as const);
  const properties: { [name: string]: string } = Object.fromEntries(texts);
  return targetingKey === undefined ? { properties } : { userId: targetingKey, properties };
}
