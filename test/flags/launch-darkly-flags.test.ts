import { launchDarklyFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import type {
  LaunchDarklyClient,
  LaunchDarklyMigration,
  LaunchDarklyReason,
} from '../../src/flags/launch-darkly-flags.ts';
import { answerOf, issuesOf } from './asking.ts';

const noListener = { on: () => undefined, off: () => undefined };

/** A client for string flags. */
function stringClient(value: unknown, reason: LaunchDarklyReason): LaunchDarklyClient {
  return { ...noListener, variationDetail: async () => ({ value, reason }) };
}

/** A client for migration flags that tells this reason in its event, or makes none. */
function migrationClient(value: string, reason?: LaunchDarklyReason) {
  const told: unknown[] = [];
  const migration: LaunchDarklyMigration = {
    value,
    tracker: {
      op: (operation) => told.push(operation),
      invoked: (origin) => told.push(origin),
      createEvent: () => reason && { evaluation: { reason } },
    },
  };
  const client: LaunchDarklyClient = {
    ...noListener,
    migrationVariation: async () => migration,
    variationDetail: () => Promise.reject(new Error('asked for a string')),
  };
  return { client, told };
}

const ask = async (client: LaunchDarklyClient): Promise<unknown> => {
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const context = { targetingKey: 'acme' };
  return launchDarklyFlags(client).resolveStringEvaluation('cutover.chat', 'off', context, silent);
};

describe('launchDarklyFlags', () => {
  it('asks a client that knows no migrations for a string', async () => {
    const client = stringClient('live', { kind: 'FALLTHROUGH' });
    expect(await ask(client)).toEqual({ value: 'live', reason: 'FALLTHROUGH' });
  });

  it('asks a client that knows migrations for nothing else', async () => {
    const { client, told } = migrationClient('live', { kind: 'TARGET_MATCH' });
    expect(await ask(client)).toEqual({ value: 'live', reason: 'TARGET_MATCH' });
    // Without both LaunchDarkly makes no event to read.
    expect(told).toEqual(['read', 'old']);
  });

  it('takes a stage for no answer when nobody says why it is the stage', async () => {
    expect(await ask(migrationClient('live').client)).toEqual({
      value: 'live',
      reason: 'ERROR',
      errorCode: 'NO_REASON',
    });
  });

  it.each([
    ['what LaunchDarkly says went wrong', { kind: 'ERROR', errorKind: 'WRONG_TYPE' }, 'WRONG_TYPE'],
    ['that something went wrong', { kind: 'ERROR' }, 'GENERAL'],
  ])('tells %s', async (_what, reason, errorCode) => {
    expect(await ask(stringClient('off', reason))).toMatchObject({ reason: 'ERROR', errorCode });
  });

  it('gives a call that names nobody the default, without asking', () => {
    expect(answerOf(launchDarklyFlags(migrationClient('live').client), {})).toMatchObject({
      value: 'off',
      reason: 'DEFAULT',
    });
  });

  it.each([['multi'], ['kind'], [5], [''], ['a b']])('refuses %j as a kind', (contextKind) => {
    const make = () =>
      launchDarklyFlags(stringClient('off', { kind: 'OFF' }), { contextKind } as never);
    expect(issuesOf(make)).toEqual([
      `contextKind must be a kind of context: letters, digits, dots, dashes and underscores, but not "kind" or "multi", not ${JSON.stringify(contextKind)}`,
    ]);
    expect(make).toThrow('Invalid options of launchDarklyFlags(): contextKind');
  });
});
