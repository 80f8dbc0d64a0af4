import { shadowSafe } from 'engramia-cutover';
import { fetchCutover } from 'engramia-cutover/fetch';
import { exchange, normalized } from '../express/raw-client.ts';
import { replyKinds } from '../fetch/reply-kinds.ts';
import { type FetchApp, fetchServers } from '../fetch/servers.ts';
import type { Kind, Site, WayIn } from './way-in.ts';

/** A candidate gives a `Response` as legacy does, so that it can answer in every kind. */
const kinds: readonly Kind[] = Object.keys(replyKinds).map((name) => ({
  name,
  byCandidate: true,
}));

const nameOf = ({ url }: Request): string =>
  kinds[Number(new URL(url).searchParams.get('kind'))]?.name ?? '';

const answer: FetchApp = (request) =>
  replyKinds[nameOf(request)]?.(request) ?? new Response(null, { status: 404 });

/** A fetch handler behind a bridge from `node:http`; the bytes are compared. */
export const fetchWay: WayIn = {
  name: 'a fetch handler',
  kinds,
  async open(options): Promise<Site> {
    const cutover =
      options &&
      fetchCutover({
        ...options,
        name: 'chat',
        legacy: answer,
        candidate: shadowSafe((_context, request: Request) => answer(request)),
        identify: (request) => ({ tenant: 'acme', task: `Answer with ${nameOf(request)}, please` }),
      });
    const app: FetchApp = cutover === undefined ? answer : (request) => cutover(request);
    const server = await fetchServers['node:http'](app);
    return {
      async ask(kind) {
        const head = `GET /chat?kind=${kinds.indexOf(kind)} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`;
        return { status: 'closed', value: normalized(await exchange(server.port, [head])) };
      },
      cutover,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await cutover?.close({ timeoutMs: 1 });
      },
    };
  },
};
