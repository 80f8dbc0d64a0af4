import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { context } from '@opentelemetry/api';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import { openTelemetry } from 'engramia-cutover/opentelemetry';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deferred } from '../router/world.ts';
import { carrySpans, parentOf, tracedWorld, work } from './traced-world.ts';

beforeAll(carrySpans);
afterAll(() => context.disable());

describe.each(['off', 'dualwrite'] as const)(
  'the span of legacy behind Express, in %s',
  (stage) => {
    it('lasts until the reply is whole, and takes no span from the caller', async () => {
      const world = tracedWorld();
      const [begun, rest] = [deferred<void>(), deferred<void>()];
      const app = express();
      app.use((_req, _res, next) => {
        world.tracer.startActiveSpan('caller', (span) => {
          next();
          span.end();
        });
      });
      const middleware = expressCutover({
        name: 'chat',
        candidate: async () => 'candidate',
        read: () => 'a question',
        identify: (task: string) => ({ tenant: 'acme', task }),
        flags: memoryFlags(stage),
        tracing: openTelemetry({ tracer: world.tracer }),
      });
      app.get('/', middleware, async (_req, res) => {
        await work(world.tracer, 'inside');
        res.write('one, ');
        begun.resolve();
        await rest.promise;
        res.end('two');
      });
      const server = app.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}/`);
      await begun.promise;
      expect(world.ended('cutover legacy')).toHaveLength(0);
      rest.resolve();
      expect(await response.text()).toBe('one, two');
      await middleware.close();
      server.close();
      await once(server, 'close');
      const [caller, legacy] = [world.one('caller'), world.one('cutover legacy')];
      expect(parentOf(legacy, caller)).toBe('caller');
      expect(world.ended('inside').map((span) => parentOf(span, caller, legacy))).toEqual([
        'caller',
        'caller',
      ]);
    });
  },
);
