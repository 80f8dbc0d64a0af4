import { init, integrations } from '@launchdarkly/node-server-sdk';
import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import { createCutoverHandler, type Subject } from 'engramia-cutover';
import {
  type FlagProvider,
  launchDarklyFlags,
  memoryFlags,
  openFeatureFlags,
} from 'engramia-cutover/flags';
import type { BenchCase } from '../measure.ts';
import { candidate, legacy } from './legs.ts';

const flagKey = 'cutover.chat';

type Identify = (user: string, message: string) => Subject;

const byTenant: Identify = (user, message) => ({ tenant: user, task: message });
/** Made anew for each call, as an app makes them from its request. */
const byUser: Identify = (user, message) => ({
  tenant: 'acme',
  user,
  task: message,
  attributes: { plan: 'pro', seats: 3, beta: true },
});

function route(flags: FlagProvider, identify: Identify): BenchCase {
  return { call: createCutoverHandler({ name: 'chat', legacy, candidate, identify, flags }) };
}

async function openFeature(): Promise<FlagProvider> {
  const flag = { variants: { live: 'live' }, defaultVariant: 'live' as const, disabled: false };
  await OpenFeature.setProviderAndWait('external', new InMemoryProvider({ [flagKey]: flag }));
  return openFeatureFlags(OpenFeature.getClient('external'));
}

async function launchDarkly() {
  const data = new integrations.TestData();
  await data.update(data.flag(flagKey).variations('off', 'live').fallthroughVariation(1));
  const client = init('bench', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  await client.waitForInitialization({ timeout: 5 });
  return { flags: launchDarklyFlags(client), close: () => client.close() };
}

/** Everybody live, by a flag of this process and by those of services, for tenants and for users with attributes. */
export async function externalCases() {
  const remote = { openFeature: await openFeature(), launchDarkly: await launchDarkly() };
  const cases = {
    static: route(memoryFlags('live'), byTenant),
    openFeature: route(remote.openFeature, byTenant),
    launchDarkly: route(remote.launchDarkly.flags, byTenant),
    staticByUser: route(memoryFlags('live'), byUser),
    openFeatureByUser: route(remote.openFeature, byUser),
  };
  return { cases, [Symbol.dispose]: remote.launchDarkly.close };
}

function ignore(): void {}
