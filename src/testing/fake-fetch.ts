import type { Emulator } from './emulator.ts';
import type { EngineResponse } from './engine/message.ts';
import { fromFetchRequest } from './fetch-request.ts';

/** A fetch as clients take it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Makes a fetch that reaches the emulator, and nothing else. */
export function fakeFetch(emulator: Emulator, base: URL): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    if (new URL(request.url).origin !== base.origin) {
      throw networkError('ENOTFOUND', `The fake answers ${base.origin} only.`);
    }
    return unlessAborted(answer(emulator, request, isStream(init?.body)), request.signal);
  };
}

/** Node's words for what becomes of a connection. */
export const failureCodes = { refused: 'ECONNREFUSED', reset: 'ECONNRESET' } as const;

const failureMessages = { refused: 'Connection refused.', reset: 'Connection reset.' } as const;

const isStream = (body: unknown): boolean => body instanceof ReadableStream;

async function answer(emulator: Emulator, request: Request, chunked: boolean): Promise<Response> {
  const message = await fromFetchRequest(request, chunked);
  const delivery = await emulator.deliver(message);
  if (delivery.kind === 'unanswered') return new Promise<never>(() => {});
  if (delivery.kind !== 'answered') {
    throw networkError(failureCodes[delivery.kind], failureMessages[delivery.kind]);
  }
  const { response } = delivery;
  const { location } = response.headers;
  if (response.status !== 307 || location === undefined || request.redirect === 'manual') {
    return toResponse(response, request.method);
  }
  if (request.redirect === 'error') throw networkError('ERR_REDIRECT', 'Unexpected redirect.');
  const { method, headers, signal } = request;
  const body = message.body.length === 0 ? null : new Uint8Array(message.body);
  return answer(emulator, new Request(location, { method, headers, signal, body }), chunked);
}

/** Turns the engine's response into a WHATWG one. */
export function toResponse(response: EngineResponse, method: string): Response {
  const { status, headers, body } = response;
  return new Response(method === 'HEAD' ? null : body, { status, headers });
}

function networkError(code: string, message: string): TypeError {
  const cause = Object.assign(new Error(message), { code });
  return new TypeError('fetch failed', { cause });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
