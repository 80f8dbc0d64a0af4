import { once } from 'node:events';
import net from 'node:net';
import { expressCutover } from 'engramia-cutover/express';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { createApp, frameworkNames, listen, shut } from './servers.ts';

/** Answers before the body has ended, then with each of its parts. */
const conversing: RequestHandler = (req, res) => {
  res.write('go on: ');
  req.pipe(res);
};

/** A client that says the rest once it has been answered. */
async function converse(port: number): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    if (!received.includes('go on') && (received + text).includes('go on')) socket.end('the rest');
    received += text;
  });
  await once(socket, 'connect');
  socket.write(
    'POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 14\r\n\r\nfirst ',
  );
  await once(socket, 'close');
  return received.slice(received.indexOf('\r\n\r\n') + 4);
}

describe.each(frameworkNames)('a body that stays open until it is answered, in %s', (framework) => {
  it('is passed to legacy as it has come, after the time that it may take', async () => {
    const clock = fakeClock();
    const cutover = expressCutover({
      name: 'chat',
      body: 'hold',
      maxBodyWaitMs: 3_000,
      read: (req) => String(req.body),
      identify: (task) => ({ tenant: 'acme', task }),
      candidate: () => 'never asked',
      flags: memoryFlags('live'),
      clock,
      logger: { warn: () => undefined },
    });
    const bare = await listen(createApp(framework).post('/', conversing));
    const app = createApp(framework);
    const begun = Promise.withResolvers<void>();
    app.use((_req, _res, next) => {
      next();
      setImmediate(begun.resolve);
    });
    const held = await listen(app.post('/', cutover, conversing));
    const answer = converse(held.port);
    await begun.promise;
    await clock.advance(2_999);
    expect(cutover.stats().routes.chat?.calls).toBe(0);
    await clock.advance(1);
    expect(await answer).toBe(await converse(bare.port));
    const { served, undecided } = cutover.stats().routes.chat ?? {};
    expect(served).toEqual({ legacy: 1, candidate: 0 });
    expect(undecided?.identify).toBe(1);
    await Promise.all([shut(bare.server), shut(held.server), cutover.close()]);
  });
});
