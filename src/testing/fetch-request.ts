import type { EngineRequest } from './engine/message.ts';

/** Turns a WHATWG request into the engine's. */
export async function fromFetchRequest(request: Request, chunked: boolean): Promise<EngineRequest> {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: new Uint8Array(await request.arrayBuffer()),
    chunked,
    address: addressOf(request.headers) ?? '127.0.0.1',
    origin: url.origin,
  };
}

/** The caller's address as the service believes it. */
export function addressOf(headers: Headers): string | undefined {
  return headers.get('x-forwarded-for')?.split(',', 1)[0]?.trim();
}
