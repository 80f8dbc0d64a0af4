import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { startChat } from './chat-app.ts';
import { frameworkNames } from './servers.ts';

describe.each(frameworkNames)('a late candidate in %s', (framework) => {
  it('leaves the request to legacy in the request’s own async context', async () => {
    const store = new AsyncLocalStorage<string>();
    await using app = await startChat(framework, {
      stage: 'live',
      behind: [],
      before: [
        (_req, _res, next) => store.run('request', next),
        (req, _res, next) => {
          req.body = { message: 'Build a CSV parser' };
          next();
        },
      ],
      legacy: (_req, res) => res.json({ reply: `legacy in ${store.getStore()}` }),
      options: { candidate: () => new Promise(() => undefined), fallback: { afterMs: 20 } },
    });
    const reply = await app.ask();
    expect(await reply.json()).toEqual({ reply: 'legacy in request' });
  });
});
