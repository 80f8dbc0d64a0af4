import { inspect } from 'node:util';
import {
  type CallContext,
  type CutoverEventType,
  createCutoverHandler,
  createEngramiaClient,
  oneScope,
  type PairRecord,
  shadowSafe,
} from 'engramia-cutover';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { collectedPairs } from '../shadow/collected-pairs.ts';

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
  'stage',
  'gate',
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

  it('puts nothing planted in inputs, headers, errors or tool arguments into a pair, a miss, an event or a log line', async () => {
    const seen: unknown[] = [];
    const sink = collectedPairs();
    const planted = (where: string) => `${where} CANARY ${canaries.key}`;
    const run = async (context: CallContext, request: Request): Promise<Response> => {
      const { message } = (await request.json()) as { message: string };
      context.report({
        toolCalls: [
          { name: 'pay', arguments: { card: canaries.tool }, result: planted('result') },
          { name: planted('tool'), arguments: planted('arguments') },
          null as never,
        ],
        usage: { inputTokens: 3, outputTokens: planted('tokens') as never },
        recalled: ['patterns/ok_1', planted('recalled'), 7 as never],
      });
      if (message.includes('fails')) {
        throw Object.assign(new TypeError(planted('error')), {
          code: planted('code'),
          headers: { authorization: canaries.key },
          cause: new Error(planted('cause')),
        });
      }
      return Response.json({ text: `${canaries.reply} of the shadow`, secret: canaries.key });
    };
    const handle = fetchCutover<{ word: string; secret: string }>({
      name: 'chat',
      legacy: async (request) => Response.json({ text: `${await request.text()} answered` }),
      candidate: shadowSafe(run),
      legacyShadow: run,
      tenant: ({ headers }) => headers.get('x-tenant') ?? undefined,
      identify: async (request) => ({ task: await request.text() }),
      sample: { noise: 1 },
      snapshot: (locals) => {
        if (locals.word === 'uncopyable') throw new Error(planted('snapshot'));
        return locals;
      },
      compare: {
        layers: [
          { name: 'odd', look: () => ({ say: 'none', notes: [planted('note')], metrics: {} }) },
          {
            name: 'throws',
            look: () => {
              throw new Error(planted('layer'));
            },
          },
        ],
      },
      flags: memoryFlags('shadow'),
      pairs: sink,
      shadow: { budget: { runsPerMinute: 6 } },
      logger: { warn: (line) => void seen.push(line) },
    });
    for (const type of eventTypes) handle.on(type, (event) => seen.push(event));
    for (const word of ['answers', 'fails', 'uncopyable', 'spent']) {
      const init = {
        method: 'POST',
        headers: {
          'x-tenant': 'acme',
          authorization: `Bearer ${canaries.key}`,
          cookie: planted('cookie'),
          'x-request-id': planted('id'),
        },
        body: JSON.stringify({ message: `${canaries.message} ${word}` }),
      };
      const response = await handle(
        new Request(`https://app.test/chat?key=${canaries.key}`, init),
        {
          locals: { word, secret: canaries.key },
        },
      );
      expect(await response.text()).toContain(canaries.message);
      await handle.flush();
    }
    await handle.close();
    const ended = ({ kind, candidate }: PairRecord): string => `${kind} ${candidate.ended}`;
    expect(sink.pairs.map(ended).sort()).toEqual([
      'compare answered',
      'compare failed',
      'noise answered',
      'noise failed',
    ]);
    expect(sink.missedBy()).toEqual({ unreadable: 1, budget: 1 });
    expect(sink.missedBy('noise')).toEqual({ unreadable: 1, budget: 1 });
    expect(sink.pairs[0]?.candidate).toMatchObject({ tools: ['pay', 'unnamed', 'unnamed'] });
    expect(sink.pairs[0]?.candidate).toMatchObject({ recalled: ['patterns/ok_1'] });
    seen.push(sink.pairs, sink.misses, handle.stats());
    const printed = [
      JSON.stringify(seen),
      inspect(seen, { depth: 20, getters: false }),
      ...seen.map(String),
    ].join('\n');
    for (const canary of Object.values(canaries)) expect(printed).not.toContain(canary);
    expect(printed).not.toContain('CANARY');
  });
});
