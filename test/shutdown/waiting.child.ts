// A process with lessons that a service does not take. The last argument says how it ends; it prints what it saw.
import { createCutoverHandler } from '../../src/create.ts';
import { createEngramiaClient } from '../../src/engramia/create-engramia-client.ts';
import { keyPerTenant } from '../../src/engramia/learning/key-per-tenant.ts';
import { memoryFlags } from '../../src/flags/memory-flags.ts';
import { timed } from './timed.ts';

const [baseUrl = '', wait = '', end = ''] = process.argv.slice(2);
const timeoutMs = Number(wait);
const client = createEngramiaClient({ baseUrl, pacing: false });
const handler = createCutoverHandler({
  name: 'chat',
  legacy: async (tenant: string) => `legacy to ${tenant}`,
  candidate: async (_context, tenant) => `candidate to ${tenant}`,
  identify: (tenant) => ({ tenant, task: 'a task that is long enough' }),
  flags: memoryFlags('dualwrite'),
  engramia: keyPerTenant(client, (tenant) => `key-of-${tenant}`),
  logger: { warn: () => undefined },
  ...(end === 'reply' && { background: { mode: 'await' as const, deadlineMs: timeoutMs } }),
});

/** The end of a pause that the service asked for: from here on only timers are left. */
const paused = new Promise<void>((resolve) => {
  handler.on('delivery', ({ state }) => state === 'paused' && resolve());
});
const calls = Array.from({ length: 8 }, (_, index) => handler(`tenant-${index}`));
if (end !== 'reply') await Promise.all(calls);

const ends: Record<string, () => Promise<unknown>> = {
  flush: () => handler.flush({ timeoutMs }),
  close: () => handler.close({ timeoutMs }),
  reply: () => Promise.all(calls),
  nothing: () => paused,
};
const { value: report, elapsedMs, lateMs } = await timed(timeoutMs, async () => ends[end]?.());
const { learn } = handler.stats();
process.stdout.write(JSON.stringify({ elapsedMs, lateMs, report, learn }));
// A request on its way is Node's own and holds a process until it is answered or given up.
if (end === 'flush') await handler.close({ timeoutMs: 0 });
const endedAt = performance.now();
process.on('exit', () => {
  process.stdout.write(`\n${performance.now() - endedAt}`);
});
