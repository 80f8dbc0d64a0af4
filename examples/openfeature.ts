// The flag system that you have decides: a tenant is moved in an OpenFeature provider while the app runs.
// Run it with: npm run build:js && npx node examples/openfeature.ts
import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import { createCutoverHandler } from 'engramia-cutover';
import { openFeatureFlags } from 'engramia-cutover/flags';

// Stands for your provider: flagd, Unleash, ConfigCat, … What matters is the string flag, whose values are stages.
const flagOf = (stages: Readonly<Record<string, string>>) => ({
  'cutover.chat': {
    variants: { off: 'off', dualwrite: 'dualwrite', live: 'live' },
    defaultVariant: 'off',
    disabled: false,
    contextEvaluator: ({ targetingKey = '' }: { targetingKey?: string }) =>
      stages[targetingKey] ?? 'off',
  },
});
const provider = new InMemoryProvider(flagOf({ acme: 'dualwrite' }));
await OpenFeature.setProviderAndWait(provider);

const handleRequest = createCutoverHandler({
  name: 'chat',
  legacy: async (_tenant: string, message: string) => `legacy: ${message}`,
  candidate: async (_context, _tenant, message) => `candidate: ${message}`,
  identify: (tenant, message) => ({ tenant, task: message }),
  flags: openFeatureFlags(OpenFeature.getClient()),
});

const ask = async (tenant: string): Promise<void> => {
  const { stage, reason } = await handleRequest.decide(tenant, 'Build a CSV parser');
  console.log(tenant, stage, reason, '→', await handleRequest(tenant, 'Build a CSV parser'));
};

await ask('acme');
await ask('globex');

// The provider tells of the change, so what was remembered of its answers is forgotten at once.
provider.putConfiguration(flagOf({ acme: 'live' }));
await ask('acme');
await ask('globex');

await handleRequest.close();
await OpenFeature.close();
