import { having, issuesOf, refuse, required } from '../core/option-checks.ts';
import type { EvaluationContext, FlagProvider, FlagResolution } from './provider.ts';

/** The part of OpenFeature's server client that is used. */
export interface OpenFeatureClient {
  readonly metadata?: { readonly domain?: string };
  getStringDetails(
    flagKey: string,
    defaultValue: string,
    context?: EvaluationContext,
  ): Promise<FlagResolution>;
  addHandler(eventType: string, handler: (details?: unknown) => unknown): void;
  removeHandler(eventType: string, handler: (details?: unknown) => unknown): void;
}

const changed = 'PROVIDER_CONFIGURATION_CHANGED';
// A client tells by it also that its provider was replaced by another one.
const ready = 'PROVIDER_READY';

/**
 * Flags from a client of `@openfeature/server-sdk`, with its hooks, its context and its domain. String flags whose
 * values are stages; an error code or the reason `ERROR` counts as no answer, so that the last good one holds. The client
 * stays the app's: it is not closed.
 *
 * @example
 * await OpenFeature.setProviderAndWait(provider);
 * const flags = openFeatureFlags(OpenFeature.getClient());
 * @throws InvalidOptionsError when it is not such a client.
 */
export function openFeatureFlags(client: OpenFeatureClient): FlagProvider {
  const rule = required(having('getStringDetails', 'addHandler', 'removeHandler'));
  refuse('openFeatureFlags()', issuesOf({ client }, { client: rule }));
  const eventsOf = (eventType: string): readonly string[] =>
    eventType === changed ? [changed, ready] : [eventType];
  return {
    metadata: { name: `openfeature${client.metadata?.domain ? `:${client.metadata.domain}` : ''}` },
    events: {
      addHandler(eventType, handler) {
        for (const type of eventsOf(eventType)) client.addHandler(type, handler);
      },
      removeHandler(eventType, handler) {
        for (const type of eventsOf(eventType)) client.removeHandler(type, handler);
      },
    },
    resolveStringEvaluation: (flagKey, defaultValue, context) =>
      client.getStringDetails(flagKey, defaultValue, context),
  };
}
