import { inspect } from 'node:util';
import {
  type CutoverEventType,
  createCutoverHandler,
  createEngramiaClient,
  oneScope,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';

const canaries = {
  key: 'engramia_sk_CANARYKEY1234567890',
  message: 'CANARY-in-the-message',
  reply: 'CANARY-in-the-reply',
  error: 'CANARY-in-the-error',
  tool: 'CANARY-in-the-tool',
  service: 'CANARY-from-the-service',
};

const eventTypes: CutoverEventType[] = [
  'decided',
  'served',
  'fallback',
  'learned',
  'compared',
  'settled',
  'dropped',
  'delivery',
  'rollback',
  'gone',
  'error',
];

const services: Record<string, typeof globalThis.fetch> = {
  stores: async () => Response.json({ stored: true, pattern_count: 1 }),
  refuses: async () =>
    Response.json({ error_code: 'FORBIDDEN', detail: canaries.service }, { status: 403 }),
  breaks: async (_url, init) => {
    throw new TypeError(`fetch failed with ${JSON.stringify(init?.headers)}`);
  },
};

describe('Promise 11 (privacy)', () => {
  it.each(Object.keys(services))(
    'puts no key, text, error message or tool argument into an event or a log line when the service %s',
    async (service) => {
      const seen: unknown[] = [];
      const handler = createCutoverHandler({
        name: 'chat',
        legacy: async (message: string) => {
          if (message.includes('fail')) {
            throw Object.assign(new Error(canaries.error), {
              headers: { authorization: canaries.key },
            });
          }
          return { text: `${canaries.reply} to ${message}` };
        },
        candidate: shadowSafe(async (context) => {
          context.report({ toolCalls: [{ name: 'pay', arguments: { card: canaries.tool } }] });
          throw new Error(canaries.error);
        }),
        identify: (message) => ({ tenant: 'acme', task: message }),
        view: (reply) => {
          if (Math.floor(seen.length) < 0) return undefined;
          return reply;
        },
        flags: memoryFlags('shadow'),
        force: ({ task }) => {
          if (task.includes('force')) throw new Error(canaries.error);
          return task.includes('live') ? 'live' : undefined;
        },
        engramia: oneScope(
          createEngramiaClient({
            baseUrl: 'https://engramia.test',
            apiKey: canaries.key,
            fetch: services[service] as typeof fetch,
          }),
        ),
        logger: { warn: (line) => void seen.push(line) },
      });
      for (const type of eventTypes) handler.on(type, (event) => seen.push(event));
      for (const word of ['plain', 'force', 'live', 'fail', 'live fail']) {
        await handler(`${canaries.message} ${word} of some length`).catch(() => undefined);
      }
      await handler.close({ timeoutMs: 50 });
      seen.push(handler.stats());
      expect(seen.length).toBeGreaterThan(20);
      const printed = [
        JSON.stringify(seen),
        inspect(seen, { depth: 20, getters: false }),
        ...seen.map(String),
      ].join('\n');
      for (const canary of Object.values(canaries)) expect(printed).not.toContain(canary);
      expect(printed).not.toContain('CANARY');
    },
  );
});
