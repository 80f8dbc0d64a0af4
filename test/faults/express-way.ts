import { shadowSafe } from 'engramia-cutover';
import { expressCutover } from 'engramia-cutover/express';
import { askKind, mountKinds } from '../express/kind-app.ts';
import { normalized } from '../express/raw-client.ts';
import { replyKinds } from '../express/reply-kinds.ts';
import { createApp, listen, shut } from '../express/servers.ts';
import type { Kind, Site, WayIn } from './way-in.ts';

/** What a candidate gives for the same bytes; absent: it cannot. */
const candidates: Readonly<Record<string, (() => unknown) | undefined>> = {
  'json of a common shape': () => ({ text: 'héllo' }),
  'json of another shape': () => ({ rows: [1, 2] }),
  'a string that is sent': () => '<p>hi ✓</p>',
  'bytes that are sent': () => Buffer.from([0, 1, 250, 251]),
  'an empty end': undefined,
  'writes and an end': undefined,
  'chunks with flushes': undefined,
  'a readable that is piped': undefined,
  'an event stream with flushes': undefined,
  'several cookies': undefined,
  'a status of 404': undefined,
  'a status of 500': undefined,
  'a redirect': undefined,
  'a thrown error': undefined,
  'an asynchronous error': undefined,
  'an error for the middleware': undefined,
  'an error after the first write': undefined,
  'a reply that breaks off': undefined,
};

const kinds: readonly Kind[] = Object.keys(candidates).map((name) => ({
  name,
  byCandidate: candidates[name] !== undefined,
}));

const nameOf = (url: string): string => Object.keys(replyKinds)[Number(url.slice(1))] ?? '';

const answer = shadowSafe((_context, url: string): unknown => {
  const candidate = candidates[nameOf(url)];
  if (candidate === undefined) throw new Error('no candidate for this');
  return candidate();
});

/** Middleware of Express 5 in front of a route, over a socket; the bytes are compared. */
export const expressWay: WayIn = {
  name: 'Express 5',
  kinds,
  async open(options): Promise<Site> {
    const cutover =
      options &&
      expressCutover<string>({
        ...options,
        name: 'chat',
        read: (req) => req.url,
        identify: (url) => ({ tenant: 'acme', task: `Answer with ${nameOf(url)}, please` }),
        candidate: answer,
      });
    const app = createApp('Express 5');
    mountKinds(app, ...(cutover === undefined ? [] : [cutover]));
    const { port, server } = await listen(app);
    return {
      async ask({ name }) {
        return { status: 'closed', value: normalized(await askKind(port, 'GET', name)) };
      },
      cutover,
      async [Symbol.asyncDispose]() {
        await shut(server);
        await cutover?.close({ timeoutMs: 1 });
      },
    };
  },
};
