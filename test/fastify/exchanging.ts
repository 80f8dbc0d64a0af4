import { EventEmitter } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FastifyExchange } from '../../src/router/adapters/fastify/fastify-exchange.ts';

export const boom = new Error('legacy broke');

/** An exchange whose reply notes what it is given to send. */
export function exchanging(legacy: () => unknown = () => 'legacy') {
  const sent: unknown[] = [];
  const raw = Object.assign(new EventEmitter(), {
    headersSent: false,
    closed: false,
    writableFinished: false,
  });
  const reply = {
    raw,
    sent: false,
    request: { raw: { httpVersionMajor: 1 } },
    hasHeader: () => true,
    send: (payload: unknown): void => {
      if (payload === 'refused') throw boom;
      sent.push(payload);
    },
  };
  const exchange = new FastifyExchange(
    {} as FastifyRequest,
    reply as unknown as FastifyReply,
    legacy,
  );
  return { exchange, raw, reply, sent };
}
