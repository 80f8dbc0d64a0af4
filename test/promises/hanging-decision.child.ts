// A process that has nothing to do but to wait for an answer, while what decides on it hangs.

import { createCutoverHandler } from '../../src/create.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';

const [, , what] = process.argv;
const hangs = (): Promise<never> => new Promise(() => undefined);

const handler = createCutoverHandler({
  name: 'chat',
  legacy: async (message: string) => `legacy: ${message}`,
  candidate: async (_context, message) => `candidate: ${message}`,
  identify: (message) => (what === 'identify' ? hangs() : { tenant: 'acme', task: message }),
  flags:
    what === 'flags'
      ? { metadata: { name: 'hanging' }, resolveStringEvaluation: hangs }
      : memoryFlags('off'),
});
process.stdout.write(await handler('hi'));
