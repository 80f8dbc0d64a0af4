import { type CallContext, type Cutover, shadowSafe } from 'engramia-cutover';
import { fetchCutover } from 'engramia-cutover/fetch';
import { messageOf } from '../fetch/chat-handler.ts';
import { type FetchServer, fetchServers } from '../fetch/servers.ts';
import type { Answer, ChatRoute, WayIn } from './way-in.ts';

function toResponse({ text, chunks, status = 200 }: Answer): Response {
  const headers = { 'content-type': 'text/plain' };
  const body = chunks && ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());
  return new Response(body ?? text ?? null, { status, headers });
}

/** A handler from `Request` to `Response`. */
export const fetchWay = (server: FetchServer): WayIn => ({
  name: `fetch on ${server}`,
  async listen(cutover: Cutover, route: ChatRoute) {
    const candidate = async (context: CallContext, request: Request): Promise<unknown> =>
      route.candidate(context, await messageOf(request));
    const handler = fetchCutover({
      name: 'chat',
      cutover,
      legacy: async (request) => toResponse(await route.legacy(await messageOf(request))),
      candidate: route.isSafe ? shadowSafe(candidate) : candidate,
      identify: async (request) => ({ tenant: 'acme', task: await messageOf(request) }),
      ...(route.fallback && { fallback: route.fallback }),
      ...(route.view && { view: route.view }),
    });
    const {
      port,
      server: node,
      [Symbol.asyncDispose]: close,
    } = await fetchServers[server]((request) => route.around(() => handler(request)));
    return { port, server: node, close: async () => close() };
  },
});
