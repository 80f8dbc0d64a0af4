import { init } from '@launchdarkly/node-server-sdk';
import { InMemoryProvider, OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import {
  type FlagProvider,
  launchDarklyFlags,
  openFeatureFlags,
  predicateFlags,
  unleashFlags,
} from 'engramia-cutover/flags';
import { Unleash } from 'unleash-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Subject } from '../../src/core/call/subject.ts';
import type { Stage } from '../../src/core/stage.ts';
import { ProviderLifecycle } from '../../src/flags/source/lifecycle.ts';
import { createStageSource } from '../../src/flags/source/stage-source.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { testFlagProvider } from '../../src/testing/flag-provider-suite.ts';
import { issuesOf } from './asking.ts';
import {
  flagd,
  flagKey,
  inMemory,
  launchDarkly,
  openFeatureClient,
  unleash,
} from './external-worlds.ts';
import { RecordingReporter } from './recording-reporter.ts';

/** A route's source on a provider, at one moment: the clock stands still. */
function sourceOf(provider: FlagProvider, key = flagKey, defaultStage: Stage = 'off') {
  const reporter = new RecordingReporter();
  const clock = fakeClock();
  const lifecycle = new ProviderLifecycle({ provider, reporter, clock });
  const source = createStageSource({
    provider,
    flagKey: key,
    defaultStage,
    reporter,
    clock,
    lifecycle,
  });
  const ask = async (tenant = 'acme', subject: Subject = { task: 'anything' }) => {
    const { stage, reason } = await source.resolve(tenant, subject);
    return `${stage}, ${reason}`;
  };
  return { ask, reporter, clock, lifecycle };
}

const worlds = {
  "openFeatureFlags with OpenFeature's provider in memory": async () => {
    const { provider, set } = inMemory();
    return { provider: openFeatureFlags(await openFeatureClient(provider)), set };
  },
  'openFeatureFlags with flagd in process': async () => {
    const { provider, set } = flagd();
    const client = await openFeatureClient(provider as never);
    return { provider: openFeatureFlags(client), set };
  },
  'flagd in process, as it is': flagd,
  'launchDarklyFlags with a migration flag': async () => {
    const { client, set } = await launchDarkly();
    return { provider: launchDarklyFlags(client), set };
  },
  'launchDarklyFlags with a string flag, of a client without migrations': async () => {
    const { client, set } = await launchDarkly('tenant');
    const older = {
      on: client.on.bind(client),
      off: client.off.bind(client),
      variationDetail: client.variationDetail.bind(client),
    };
    return { provider: launchDarklyFlags(older, { contextKind: 'tenant' }), set };
  },
  unleashFlags: async () => {
    const { client, set } = await unleash();
    return { provider: unleashFlags(client), set };
  },
};

for (const [name, make] of Object.entries(worlds)) {
  testFlagProvider({ name, make, describe, it });
}

describe.each([
  ['openFeatureFlags', worlds["openFeatureFlags with OpenFeature's provider in memory"]],
  ['launchDarklyFlags', worlds['launchDarklyFlags with a migration flag']],
  ['unleashFlags', worlds.unleashFlags],
])('%s behind the cache', (_name, make) => {
  it('is asked once, and again at once when its service tells of a change', async () => {
    const { provider, set } = await make();
    await set('acme', 'shadow');
    const { ask } = sourceOf(provider);
    expect(await ask()).toBe('shadow, flag');
    expect(await ask()).toBe('shadow, cached');
    await set('acme', 'live');
    expect(await ask()).toBe('live, flag');
    expect(await ask()).toBe('live, cached');
    expect(await ask('globex')).toBe('off, flag');
  });

  it('gives the default stage to a flag that its service does not know, and says so', async () => {
    const { provider } = await make();
    const { ask, reporter } = sourceOf(provider, 'cutover.no-such-flag', 'dualwrite');
    expect(await ask()).toBe('dualwrite, default');
    expect(reporter.operations).toEqual(['flags.resolve']);
    expect(reporter.messages[0]).toContain('FLAG_NOT_FOUND');
  });

  it('leaves nothing on the client when it is closed, and the client alive', async () => {
    const { provider, set } = await make();
    const { ask, lifecycle } = sourceOf(provider);
    await ask();
    await lifecycle.close(1_000);
    await set('acme', 'live');
    const again = sourceOf(provider);
    expect(await again.ask()).toBe('live, flag');
  });
});

describe('openFeatureFlags', () => {
  it('holds the last good answer while the provider fails, and when its flag is removed', async () => {
    const { provider, set } = inMemory();
    set('acme', 'live');
    const { ask, reporter } = sourceOf(openFeatureFlags(await openFeatureClient(provider)));
    expect(await ask()).toBe('live, flag');
    provider.putConfiguration({});
    expect(await ask()).toBe('live, last-known');
    expect(await ask('globex')).toBe('off, default');
    expect(reporter.operations).toEqual(['flags.resolve', 'flags.resolve']);
  });

  it('takes what hooks of the client do, and a hook that throws for no answer', async () => {
    const { provider, set } = inMemory();
    set('acme', 'live');
    const client = await openFeatureClient(provider);
    const seen: unknown[] = [];
    client.addHooks({ before: ({ context }) => void seen.push(context) });
    const { ask } = sourceOf(openFeatureFlags(client));
    const attributes = { plan: 'pro' };
    expect(await ask('acme', { task: 'anything', user: 'ann', attributes })).toBe('live, flag');
    expect(seen).toEqual([{ targetingKey: 'acme', user: 'ann', plan: 'pro' }]);
    client.addHooks({
      before: () => {
        throw new Error('hook');
      },
    });
    expect(await ask('acme', { task: 'anything', user: 'bob' })).toBe('off, default');
  });

  it('asks anew when the client’s provider is replaced by another one', async () => {
    const first = inMemory();
    first.set('acme', 'shadow');
    const client = await openFeatureClient(first.provider);
    const { ask } = sourceOf(openFeatureFlags(client));
    expect(await ask()).toBe('shadow, flag');
    const second = inMemory();
    second.set('acme', 'live');
    await OpenFeature.setProviderAndWait(client.metadata.domain as string, second.provider);
    expect(await ask()).toBe('live, flag');
  });

  it('reports that the provider is in trouble when the provider says so', async () => {
    const provider = new InMemoryProvider({});
    const { reporter } = sourceOf(openFeatureFlags(await openFeatureClient(provider)));
    const told = Promise.withResolvers<void>();
    provider.events.addHandler(ProviderEvents.Error, () => told.resolve());
    provider.events.emit(ProviderEvents.Error, { message: 'stream lost' });
    await told.promise;
    expect(reporter.operations).toEqual(['flags.provider']);
    expect(reporter.messages[0]).toContain('stream lost');
  });

  it('refuses what is not a client', () => {
    expect(issuesOf(() => openFeatureFlags({} as never))).toHaveLength(1);
  });
});

describe('launchDarklyFlags', () => {
  it('takes what is no stage for no answer, in a migration flag and in a string flag', async () => {
    const { client, data } = await launchDarkly();
    await data.update(data.flag('cutover.odd').variations('on', 'LIVE').fallthroughVariation(1));
    const { variationDetail } = client;
    const strings = {
      on: client.on.bind(client),
      off: client.off.bind(client),
      variationDetail: variationDetail.bind(client),
    };
    for (const provider of [launchDarklyFlags(client), launchDarklyFlags(strings)]) {
      const { ask, reporter } = sourceOf(provider, 'cutover.odd', 'shadow');
      expect(await ask()).toBe('shadow, default');
      expect(reporter.operations).toEqual(['flags.resolve']);
    }
  });

  it('holds the last good answer when the flag is gone, though the client answers by the default', async () => {
    const { client, data, set } = await launchDarkly();
    await set('acme', 'live');
    const { ask } = sourceOf(launchDarklyFlags(client));
    expect(await ask()).toBe('live, flag');
    await data.update(
      data.flag(flagKey).variations('gone').fallthroughVariation(0).clearAllTargets(),
    );
    expect(await ask()).toBe('live, last-known');
  });

  it('sends no migration event: nothing was migrated by LaunchDarkly', async () => {
    const { client } = await launchDarkly();
    let sent = 0;
    client.trackMigration = () => {
      sent += 1;
    };
    expect(await sourceOf(launchDarklyFlags(client)).ask()).toBe('off, flag');
    expect(sent).toBe(0);
  });

  it('asks for a context of the kind that was chosen, with the call’s user and attributes', async () => {
    const { client, set } = await launchDarkly('tenant');
    await set('acme', 'live');
    const contexts: unknown[] = [];
    const migrationVariation = client.migrationVariation.bind(client);
    client.migrationVariation = (key, context, stage) => {
      contexts.push(context);
      return migrationVariation(key, context, stage);
    };
    const { ask } = sourceOf(launchDarklyFlags(client, { contextKind: 'tenant' }));
    // What LaunchDarkly would refuse the whole context for is left out.
    const attributes = {
      plan: 'pro',
      kind: 'multi',
      key: 'globex',
      name: 7,
      anonymous: 'no',
      _meta: 1,
    };
    expect(await ask('acme', { task: 'anything', user: 'ann', attributes })).toBe('live, flag');
    expect(contexts).toEqual([{ kind: 'tenant', key: 'acme', user: 'ann', plan: 'pro' }]);
  });

  it('takes a client that is not ready for no answer', async () => {
    const quiet = () => undefined;
    const client = init('test', {
      updateProcessor: () => ({ start() {}, stop() {}, close() {} }),
      sendEvents: false,
      diagnosticOptOut: true,
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    onTestFinished(() => client.close());
    const { ask, reporter } = sourceOf(launchDarklyFlags(client), flagKey, 'dualwrite');
    expect(await ask()).toBe('dualwrite, default');
    expect(reporter.messages[0]).toContain('CLIENT_NOT_READY');
  });

  it('refuses what is not a client, and kinds that are none', async () => {
    const wrong = { contextKind: 'kind' };
    expect(issuesOf(() => launchDarklyFlags({} as never, wrong))).toHaveLength(2);
    const { client } = await launchDarkly();
    expect(issuesOf(() => launchDarklyFlags(client, { contextKind: 'a b' }))).toHaveLength(1);
    expect(issuesOf(() => launchDarklyFlags(client, { kind: 'tenant' } as never))).toHaveLength(1);
  });
});

describe('unleashFlags', () => {
  it('gives the default stage while the toggle is off', async () => {
    const { client, set, turn } = await unleash();
    set('acme', 'live');
    const { ask, reporter } = sourceOf(unleashFlags(client), flagKey, 'dualwrite');
    expect(await ask()).toBe('live, flag');
    turn(false);
    expect(await ask()).toBe('dualwrite, flag');
    expect(reporter.failures).toEqual([]);
  });

  it('refuses what is not a client', () => {
    expect(issuesOf(() => unleashFlags({} as never))).toHaveLength(1);
  });
});

describe('a toggle of Unleash without variants', () => {
  it('moves tenants through predicateFlags, from data that needs no network', async () => {
    const client = new Unleash({
      appName: 'test-bootstrap',
      url: 'http://127.0.0.1:9/',
      refreshInterval: 0,
      disableMetrics: true,
      skipInstanceCountWarning: true,
      disableAutoStart: true,
      storageProvider: { set: async () => undefined, get: async () => undefined } as never,
      bootstrap: {
        data: [
          {
            name: 'engramia_enabled',
            type: 'release',
            enabled: true,
            stale: false,
            impressionData: false,
            variants: [],
            strategies: [{ name: 'userWithId', parameters: { userIds: 'acme' }, constraints: [] }],
          },
        ] as never,
      },
    });
    client.on('error', () => undefined);
    client.on('warn', () => undefined);
    onTestFinished(() => client.destroy());
    const ready = new Promise((resolve) => client.once('ready', resolve));
    await client.start();
    await ready;
    const flags = predicateFlags(
      ({ targetingKey = '' }) => client.isEnabled('engramia_enabled', { userId: targetingKey }),
      { from: 'shadow', to: 'live', inProcess: true },
    );
    const { ask } = sourceOf(flags);
    expect([await ask('acme'), await ask('globex')]).toEqual(['live, flag', 'shadow, flag']);
  });
});
