// A server that nobody asks while a candidate in its shadow gives many chunks at once.

import { createServer } from 'node:http';
import { shadowSafe } from '../../src/core/call/shadow-safe.ts';
import { createCutoverHandler } from '../../src/create.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';

const server = createServer().listen(0);
const handler = createCutoverHandler({
  name: 'chat',
  legacy: async (_message: string): Promise<unknown> => 'word '.repeat(6_000),
  candidate: shadowSafe(async () =>
    (async function* () {
      for (let count = 0; count < 6_000; count += 1) yield 'word ';
    })(),
  ),
  identify: (message) => ({ tenant: 'acme', task: message }),
  flags: memoryFlags('shadow'),
  shadow: { mirror: { deadlineMs: 5_000 } },
});
handler.on('compared', ({ divergence }) => {
  process.stdout.write(String(divergence?.verdict));
  server.close();
});
await handler('Say it six thousand times');
