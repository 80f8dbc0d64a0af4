// A migration flag of LaunchDarkly decides: its six stages are the library's own, so it works as it is.
// Run it with: npm run build:js && npx node examples/launchdarkly.ts
import { init, integrations } from '@launchdarkly/node-server-sdk';
import { createCutoverHandler, stages } from 'engramia-cutover';
import { launchDarklyFlags } from 'engramia-cutover/flags';

// LaunchDarkly's own test data stand for their service, so that the program needs no account. Yours: init(sdkKey).
const data = new integrations.TestData();
const names = Object.keys(stages);
const put = (tenant: string, stage: string) =>
  data.update(
    data.flag('cutover.chat').variationForContext('tenant', tenant, names.indexOf(stage)),
  );
await data.update(
  data
    .flag('cutover.chat')
    .variations(...names)
    .fallthroughVariation(names.indexOf('off')),
);
const client = init('no-sdk-key', {
  updateProcessor: data.getFactory(),
  sendEvents: false,
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});
await client.waitForInitialization({ timeout: 5 });

const handleRequest = createCutoverHandler({
  name: 'chat',
  legacy: async (_tenant: string, message: string) => `legacy: ${message}`,
  candidate: async (_context, _tenant, message) => `candidate: ${message}`,
  identify: (tenant, message) => ({ tenant, task: message, attributes: { plan: 'pro' } }),
  flags: launchDarklyFlags(client, { contextKind: 'tenant' }), // a tenant is no user
});

const ask = async (tenant: string): Promise<void> => {
  const { stage } = await handleRequest.decide(tenant, 'Build a CSV parser');
  console.log(tenant, stage, '→', await handleRequest(tenant, 'Build a CSV parser'));
};

await ask('acme');
for (const stage of ['live', 'complete', 'off']) {
  await put('acme', stage); // in the dashboard, by a person
  await ask('acme');
}
await ask('globex');

await handleRequest.close();
client.close(); // the app's own: the library leaves it open
