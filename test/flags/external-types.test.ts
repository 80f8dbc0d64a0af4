import type { LDClient } from '@launchdarkly/node-server-sdk';
import type { Client } from '@openfeature/server-sdk';
import type { LaunchDarklyClient, OpenFeatureClient, UnleashClient } from 'engramia-cutover/flags';
import type { Unleash } from 'unleash-client';
import { expectTypeOf, it } from 'vitest';

it('takes the clients of the flag services as they are', () => {
  expectTypeOf<Client>().toExtend<OpenFeatureClient>();
  expectTypeOf<LDClient>().toExtend<LaunchDarklyClient>();
  expectTypeOf<Unleash>().toExtend<UnleashClient>();
});
