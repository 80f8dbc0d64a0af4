import type { Stage } from 'engramia-cutover';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { question, startChat } from './chat-app.ts';

const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];

const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
  if (request.headers.authorization === 'let me in') return undefined;
  return reply.code(401).send({ error: 'who are you?' });
};

const throwing = async (request: FastifyRequest): Promise<void> => {
  if (request.headers.authorization !== 'let me in') {
    throw Object.assign(new Error('who are you?'), { statusCode: 401 });
  }
};

interface Guard {
  readonly before?: (app: FastifyInstance) => unknown;
  readonly route?: RouteShorthandOptions;
}

/** Where an app may stand guard before its route's handler. */
const guards: Record<string, Guard> = {
  'a hook of the app': { before: (app) => app.addHook('onRequest', guard) },
  'a hook of a plugin': {
    before: (app) => {
      const plugin = async (instance: FastifyInstance): Promise<void> => {
        instance.addHook('preHandler', guard);
      };
      return app.register(Object.assign(plugin, { [Symbol.for('skip-override')]: true }));
    },
  },
  'an onRequest hook of the route': { route: { onRequest: guard } },
  'a preParsing hook of the route that throws': { route: { preParsing: throwing } },
  'a preValidation hook of the route': { route: { preValidation: guard } },
  'a preHandler hook of the route that throws': { route: { preHandler: throwing } },
};

const bodySchema: RouteShorthandOptions = {
  schema: {
    body: {
      type: 'object',
      required: ['message'],
      properties: { message: { type: 'string', minLength: 3 } },
    },
  },
};

describe.each(stages)('in stage %s', (stage) => {
  const leg = stages.indexOf(stage) < 3 ? 'legacy' : 'candidate';

  it.each(Object.keys(guards))('%s turns away, and neither leg is asked', async (name) => {
    let asked = 0;
    const candidate = async () => {
      asked += 1;
      return { reply: 'candidate' };
    };
    await using chat = await startChat({ stage, ...guards[name], options: { candidate } });
    expect((await chat.ask()).status).toBe(401);
    expect([chat.legacyCalls(), asked]).toEqual([0, 0]);
    expect(chat.cutover.stats().routes.chat?.calls).toBe(0);
    const headers = { 'content-type': 'application/json', authorization: 'let me in' };
    expect((await chat.ask(question, { headers })).status).toBe(200);
    expect([chat.legacyCalls(), asked]).toEqual(leg === 'legacy' ? [1, 0] : [0, 1]);
  });

  it('a body that its schema refuses stays a 400, and neither leg is asked', async () => {
    await using chat = await startChat({ stage, route: bodySchema });
    const response = await chat.ask('x');
    expect([response.status, await response.text()]).toEqual([
      400,
      'error: body/message must NOT have fewer than 3 characters',
    ]);
    expect(chat.cutover.stats().routes.chat?.calls).toBe(0);
    expect(await (await chat.ask()).json()).toEqual({ reply: `${leg}: ${question}` });
  });

  it('a body that cannot be parsed stays a 400, and one of another type a 415', async () => {
    await using chat = await startChat({ stage });
    expect((await chat.ask(question, { body: '{"message":' })).status).toBe(400);
    const headers = { 'content-type': 'image/png' };
    expect((await chat.ask(question, { headers })).status).toBe(415);
    expect(chat.cutover.stats().routes.chat?.calls).toBe(0);
  });
});
