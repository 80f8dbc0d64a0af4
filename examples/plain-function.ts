// A function that answers users is wrapped, and keeps its signature; then a tenant is moved, and moved back.
// Run it with: npm run build:js && npx node examples/plain-function.ts
import {
  type CallContext,
  createCutoverHandler,
  createEngramiaClient,
  oneScope,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';

// Stands for the real service, so that the program runs as it is. Yours: createEngramiaClient() reads
// ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const fake = await fakeEngramia();
const client = createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch });

/** The handler that exists. */
async function answerByThread(userId: string, message: string): Promise<string> {
  return `legacy to ${userId}: ${message}`;
}

const flags = memoryFlags('dualwrite');
const handleRequest = createCutoverHandler({
  name: 'chat',
  legacy: answerByThread,
  // It changes nothing in the world, so it may also be run in the shadow.
  candidate: shadowSafe(
    async (_context: CallContext, userId: string, message: string) =>
      `candidate to ${userId}: ${message}`,
  ),
  // One app, one customer: all users share one memory, and are moved together.
  identify: (userId, message) => ({ tenant: 'our-only-customer', user: userId, task: message }),
  flags,
  engramia: oneScope(client),
});
handleRequest.on('compared', ({ served, mirrored }) => {
  console.log('compared:', served.leg, served.chars, mirrored.leg, mirrored.chars);
});

console.log('dualwrite:', await handleRequest('ann', 'Build a CSV parser'));

flags.setDefault('shadow');
console.log('shadow:', await handleRequest('ann', 'Parse this CSV file with quoted fields'));
await handleRequest.flush();

flags.setDefault('live');
console.log('live:', await handleRequest('bob', 'Write a JSON parser by hand'));

handleRequest.kill('the candidate disappoints');
console.log('killed:', await handleRequest('bob', 'Write a JSON parser by hand'));

const { routes, learn } = handleRequest.stats();
await handleRequest.close();
await client.close();
console.log('served:', routes.chat?.served, 'offered to be learned:', learn.offered);
console.log('patterns:', fake.patterns('default').length);
