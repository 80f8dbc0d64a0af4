import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { shadowSafe } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import express, { type RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { createApp, frameworkNames, listen, shut } from '../express/servers.ts';

/** Milliseconds after which a reply that is held up by the shadow is given up. */
const patienceMs = 10_000;

const replies: Readonly<Record<string, RequestHandler>> = {
  'in one piece': (_req, res) => void res.send('first second third'),
  'as a stream': async (_req, res) => {
    for (const part of ['first ', 'second ', 'third']) {
      res.write(part);
      await setImmediate();
    }
    res.end();
  },
};

describe.each(frameworkNames)(
  'a candidate that keeps the processor busy in the shadow, with %s',
  (name) => {
    it.each(Object.keys(replies))(
      'starts when the user has the reply that came %s',
      async (how) => {
        const shared = new SharedArrayBuffer(4);
        const order: string[] = [];
        const started = Promise.withResolvers<void>();
        const cutover = expressCutover({
          name: 'chat',
          read: (req) => String(req.body.message),
          identify: (task: string) => ({ tenant: 'acme', task }),
          flags: memoryFlags('shadow'),
          candidate: shadowSafe(() => {
            // Nothing else happens in this thread until the user has the reply; if it is not on its way, that is never.
            order.push(`candidate: ${Atomics.wait(new Int32Array(shared), 0, 0, patienceMs)}`);
            started.resolve();
            return 'first second third';
          }),
        });
        const app = createApp(name);
        app.use((_req, res, next) => {
          res.once('finish', () => order.push('handed over'));
          next();
        });
        app.post('/chat', express.json(), cutover, replies[how] as RequestHandler);
        const { port, server } = await listen(app);
        const user = new Worker(new URL('./asking.worker.ts', import.meta.url), {
          workerData: { port, shared },
        });
        const [reply] = await once(user, 'message');
        await started.promise;
        expect(reply).toBe('first second third');
        expect(order[0]).toBe('handed over');
        // `ok`: it came while the candidate was at work; `not-equal`: before it began.
        expect(order[1]).toMatch(/^candidate: (ok|not-equal)$/);
        await cutover.close();
        await shut(server);
      },
    );
  },
);
