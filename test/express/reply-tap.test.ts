import type { Server } from 'node:http';
import compression from 'compression';
import type { RequestHandler } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tapReply } from '../../src/router/adapters/node/reply-tap.ts';
import type { CapturedReply } from '../../src/router/replies/captured-reply.ts';
import { replyView } from '../../src/router/replies/captured-view.ts';
import { askKind, mountKinds } from './kind-app.ts';
import { normalized } from './raw-client.ts';
import { replyKinds } from './reply-kinds.ts';
import { createApp, type Framework, frameworkNames, listen, shut } from './servers.ts';

const places = ['none', 'before', 'after'] as const;
type Place = (typeof places)[number];

interface World {
  readonly port: number;
  readonly server: Server;
  /** The captures in the order of the requests. */
  readonly captures: Promise<CapturedReply | undefined>[];
}

async function createWorld(framework: Framework, place: Place, taps: boolean): Promise<World> {
  const app = createApp(framework);
  const captures: World['captures'] = [];
  const compress = compression({ threshold: 0 }) as unknown as RequestHandler;
  if (place === 'before') app.use(compress);
  app.use((_req, res, next) => {
    if (taps) captures.push(tapReply(res));
    next();
  });
  if (place === 'after') app.use(compress);
  mountKinds(app);
  return { ...(await listen(app)), captures };
}

let compared = 0;
afterAll(() => {
  process.stdout.write(`reply tap: ${compared} exchanges compared with the bare app\n`);
});

describe.each(frameworkNames)('%s', (framework) => {
  describe.each(places)('with compression mounted: %s', (place) => {
    let bare: World;
    let watched: World;
    beforeAll(async () => {
      bare = await createWorld(framework, place, false);
      watched = await createWorld(framework, place, true);
    });
    afterAll(() => Promise.all([shut(bare.server), shut(watched.server)]));

    it.each(Object.keys(replyKinds))(
      'sends %s as the bare app does, and reads its text',
      async (name) => {
        const kind = replyKinds[name];
        for (const method of ['GET', 'HEAD']) {
          const expected = normalized(await askKind(bare.port, method, name));
          expect(normalized(await askKind(watched.port, method, name))).toBe(expected);
          compared += 1;
          const captured = await watched.captures.at(-1);
          if (method === 'GET' && kind?.capture === 'cut short') expect(captured).toBeUndefined();
          else if (captured === undefined) expect(kind?.capture).toBe('cut short');
          else if (method === 'GET') {
            expect(captured.truncated).toBe(kind?.capture === 'truncated' && place !== 'after');
            if (kind?.capture === undefined) {
              expect((await replyView(captured))?.text).toBe(kind?.text);
            }
          } else expect(await replyView(captured)).toBeUndefined();
        }
      },
    );
  });
});
