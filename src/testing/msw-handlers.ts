import type { HttpHandler } from 'msw';
import type { Emulator } from './emulator.ts';
import { failureCodes, toResponse } from './fake-fetch.ts';
import { fromFetchRequest } from './fetch-request.ts';

/** Reads the handlers, or says why there are none. */
export type HandlerSource = () => readonly HttpHandler[];

/** Makes msw handlers over the emulator. msw is an optional peer: without it only reading the handlers fails. */
export async function mswHandlers(emulator: Emulator, base: URL): Promise<HandlerSource> {
  const msw = await import('msw').catch((cause: unknown) => ({ cause }));
  if ('cause' in msw) {
    return () => {
      throw new Error('fake.handlers need the package "msw", which could not be loaded.', msw);
    };
  }
  const { http, HttpResponse } = msw;
  const handler = http.all(`${base.origin}/*`, async ({ request }) => {
    const delivery = await emulator.deliver(await fromFetchRequest(request, false));
    if (delivery.kind === 'unanswered') return new Promise<never>(() => {});
    if (delivery.kind !== 'answered') {
      // It becomes the cause of the error that the client gets, by which that knows what was sent.
      return Object.assign(HttpResponse.error(), { code: failureCodes[delivery.kind] });
    }
    return toResponse(delivery.response, request.method);
  });
  return () => [handler];
}
