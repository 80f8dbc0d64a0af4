import { having, issuesOf, refuse, required } from '../core/option-checks.ts';
import { defaultAnswer } from './default-answer.ts';
import { type ChangeEmitter, emittedChanges } from './emitted-changes.ts';
import { type LaunchDarklyContext, launchDarklyContext } from './launch-darkly-context.ts';
import type { FlagProvider, FlagResolution } from './provider.ts';

/** What an evaluation of LaunchDarkly says of itself. */
export interface LaunchDarklyReason {
  readonly kind: string;
  readonly errorKind?: string;
}

/** What LaunchDarkly's migration flags answer. */
export interface LaunchDarklyMigration {
  readonly value: string;
  readonly tracker: {
    op(operation: 'read'): void;
    invoked(origin: 'old' | 'new'): void;
    createEvent(): { readonly evaluation: { readonly reason?: LaunchDarklyReason } } | undefined;
  };
}

/** The part of LaunchDarkly's server client that is used. */
export interface LaunchDarklyClient extends ChangeEmitter {
  /** Absent in older versions: `variationDetail` is asked then. */
  migrationVariation?(
    flagKey: string,
    context: LaunchDarklyContext,
    defaultValue: never,
  ): Promise<LaunchDarklyMigration>;
  variationDetail(
    flagKey: string,
    context: LaunchDarklyContext,
    defaultValue: string,
  ): Promise<{ readonly value: unknown; readonly reason: LaunchDarklyReason }>;
}

/** How LaunchDarkly is asked. */
export interface LaunchDarklyFlagsOptions {
  /** The kind of context that the tenant is: `user`, or one of your own such as `tenant`. @default 'user' */
  contextKind?: string | undefined;
}

const clientRule = required(having('variationDetail', 'on', 'off'));
const kindRule = {
  test: (value: unknown) =>
    typeof value === 'string' && /^[\w.-]+$/.test(value) && value !== 'kind' && value !== 'multi',
  must: 'be a kind of context: letters, digits, dots, dashes and underscores, but not "kind" or "multi"',
};

/**
 * Flags from a client of `@launchdarkly/node-server-sdk`: migration flags with six stages, or string flags whose
 * variations are stages. An evaluation that ends with an error counts as no answer, so that the last good one holds. The
 * client stays the app's: it is not closed.
 *
 * @example
 * const flags = launchDarklyFlags(client, { contextKind: 'tenant' });
 * @throws InvalidOptionsError naming everything that is wrong.
 */
export function launchDarklyFlags(
  client: LaunchDarklyClient,
  options: LaunchDarklyFlagsOptions = {},
): FlagProvider {
  refuse('launchDarklyFlags()', [
    ...issuesOf({ client }, { client: clientRule }),
    ...issuesOf(options, { contextKind: kindRule }),
  ]);
  const { contextKind = 'user' } = options;
  return {
    metadata: { name: 'launchdarkly' },
    events: emittedChanges(client, 'update'),
    resolveStringEvaluation(flagKey, defaultValue, context) {
      const subject = launchDarklyContext(contextKind, context);
      return subject === undefined
        ? defaultAnswer(defaultValue)
        : ask(client, flagKey, subject, defaultValue);
    },
  };
}

/** Of a migration the client tells why only in the event that it would send; it is made here, read, and not sent. */
async function ask(
  client: LaunchDarklyClient,
  flagKey: string,
  context: LaunchDarklyContext,
  defaultValue: string,
): Promise<FlagResolution> {
  const migration = await client.migrationVariation?.(flagKey, context, defaultValue as never);
  if (migration === undefined) return asString(client, flagKey, context, defaultValue);
  const { value, tracker } = migration;
  tracker.op('read');
  tracker.invoked('old');
  return resolutionOf(value, tracker.createEvent()?.evaluation.reason);
}

async function asString(
  client: LaunchDarklyClient,
  flagKey: string,
  context: LaunchDarklyContext,
  defaultValue: string,
): Promise<FlagResolution> {
  const { value, reason } = await client.variationDetail(flagKey, context, defaultValue);
  return resolutionOf(value, reason);
}

/** Without a reason nobody knows whether the value is more than the default handed back. */
function resolutionOf(
  value: unknown,
  reason: LaunchDarklyReason = { kind: 'ERROR', errorKind: 'NO_REASON' },
): FlagResolution {
  const answer = { value: value as string, reason: reason.kind };
  return reason.kind === 'ERROR' ? { ...answer, errorCode: reason.errorKind ?? 'GENERAL' } : answer;
}
