// A process whose subscribers throw. It tells what its users got, unless it dies of it.

import { channel, subscribe } from 'node:diagnostics_channel';
import { createCutoverHandler } from '../../src/create.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';

const warnings: string[] = [];
let asked = 0;
const fail = (): never => {
  asked += 1;
  throw new Error('a secret of the subscriber');
};
subscribe('engramia-cutover:decided', fail);
subscribe('engramia-cutover:served', fail);
subscribe('engramia-cutover:served', async () => fail());
subscribe('engramia-cutover:rollback', fail);

const handler = createCutoverHandler({
  name: 'chat',
  legacy: async (message: string) => `legacy: ${message}`,
  candidate: async (_context, message) => `candidate: ${message}`,
  identify: (message) => ({ tenant: 'acme', task: message }),
  flags: memoryFlags('live'),
  logger: { warn: (message) => void warnings.push(message) },
});

const replies = [await handler('one')];
handler.kill();
replies.push(await handler('two'));
// Each message is told a turn later, and what a subscriber throws would reach the process after that.
for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
await handler.close();

if (process.argv[2] === 'bare') {
  subscribe('bare', fail);
  channel('bare').publish({});
  await new Promise((resolve) => setImmediate(resolve));
}
process.stdout.write(JSON.stringify({ replies, asked, warnings }));
