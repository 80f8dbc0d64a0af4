import { openFeatureFlags, unleashFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { launchDarklyContext } from '../../src/flags/launch-darkly-context.ts';
import type { OpenFeatureClient } from '../../src/flags/open-feature-flags.ts';
import type { UnleashClient } from '../../src/flags/unleash-flags.ts';
import { answerOf } from './asking.ts';

describe('openFeatureFlags', () => {
  function clientOf(parts: Partial<OpenFeatureClient> = {}) {
    const calls: string[] = [];
    const client: OpenFeatureClient = {
      getStringDetails: async () => ({ value: 'live' }),
      addHandler: (type) => void calls.push(`add ${type}`),
      removeHandler: (type) => void calls.push(`remove ${type}`),
      ...parts,
    };
    return { calls, client };
  }

  it('has the name of the client’s domain, if there is one', () => {
    const nameOf = (parts?: Partial<OpenFeatureClient>): string =>
      openFeatureFlags(clientOf(parts).client).metadata.name;
    expect(nameOf()).toBe('openfeature');
    expect(nameOf({ metadata: {} })).toBe('openfeature');
    expect(nameOf({ metadata: { domain: 'chat' } })).toBe('openfeature:chat');
  });

  it('hears of a change by either of two events, and of others by their own', () => {
    const { calls, client } = clientOf();
    const { events } = openFeatureFlags(client);
    const handler = (): void => undefined;
    for (const type of ['PROVIDER_CONFIGURATION_CHANGED', 'PROVIDER_ERROR']) {
      events?.addHandler(type, handler);
      events?.removeHandler(type, handler);
    }
    const both = ['PROVIDER_CONFIGURATION_CHANGED', 'PROVIDER_READY'];
    expect(calls).toEqual([
      ...both.map((type) => `add ${type}`),
      ...both.map((type) => `remove ${type}`),
      'add PROVIDER_ERROR',
      'remove PROVIDER_ERROR',
    ]);
  });

  it('says what was called wrongly', () => {
    const wrong = 'Invalid options of openFeatureFlags(): client must';
    expect(() => openFeatureFlags({} as never)).toThrow(wrong);
  });
});

describe('unleashFlags', () => {
  function clientOf(definition: unknown, enabled = true) {
    const contexts: unknown[] = [];
    const client: UnleashClient = {
      on: () => undefined,
      off: () => undefined,
      getFeatureToggleDefinition: () => definition,
      getVariant: (_name, context) => {
        contexts.push(context);
        return { name: 'live', enabled };
      },
    };
    return { contexts, flags: unleashFlags(client) };
  }

  it('answers by the variant of a toggle that there is', () => {
    const { contexts, flags } = clientOf({});
    const context = { targetingKey: 'acme', user: 'ann', seats: 5 };
    expect(answerOf(flags, context)).toEqual({ value: 'live', reason: 'TARGETING_MATCH' });
    answerOf(flags, { seats: 5 });
    expect(contexts).toStrictEqual([
      { userId: 'acme', properties: { user: 'ann', seats: '5' } },
      { properties: { seats: '5' } },
    ]);
  });

  it.each([undefined, null])('gives no answer where the toggle is %s', (definition) => {
    const { contexts, flags } = clientOf(definition);
    expect(answerOf(flags, 'acme')).toEqual({
      value: 'off',
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(contexts).toEqual([]);
  });

  it('says what was called wrongly', () => {
    expect(() => unleashFlags({} as never)).toThrow(
      'Invalid options of unleashFlags(): client must',
    );
  });
});

describe('a context for LaunchDarkly', () => {
  it('has its own fields where they are what it takes them for', () => {
    const attributes = { name: 'Acme', anonymous: true, plan: 'pro' };
    expect(launchDarklyContext('tenant', { targetingKey: 'acme', ...attributes })).toEqual({
      kind: 'tenant',
      key: 'acme',
      ...attributes,
    });
  });

  it('has none of them where they are something else', () => {
    const attributes = { name: 7, anonymous: 'yes', _meta: {}, toString: 'text' };
    expect(launchDarklyContext('user', { targetingKey: 'acme', ...attributes } as never)).toEqual({
      kind: 'user',
      key: 'acme',
      toString: 'text',
    });
  });

  it.each([undefined, ''])('is none where the tenant is %j', (targetingKey) => {
    expect(launchDarklyContext('user', { targetingKey } as never)).toBeUndefined();
  });
});
