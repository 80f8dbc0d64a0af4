// Asked for one by one: a server's own request need not be one that `new Request` takes for its first argument.
const kept = [
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'mode',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const;

/** What a request needs to be made again. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly init: RequestInit;
}

/** Everything of a request but its body and its signal. */
export function headOf(request: Request): RequestHead {
  const { method, url, headers } = request;
  const init = Object.fromEntries(kept.map((name) => [name, request[name]])) as RequestInit;
  return { method, url, headers: new Headers(headers), init };
}

/** The same request once more, with a body and a signal of its own. */
export function legRequest(
  { method, url, headers, init }: RequestHead,
  body: Uint8Array<ArrayBuffer> | ReadableStream | undefined,
  signal: AbortSignal,
): Request {
  const isStream = body instanceof ReadableStream;
  return new Request(url, {
    ...init,
    method,
    headers,
    signal,
    ...(body !== undefined && { body }),
    // A streamed body says so, and cannot outlive its page.
    ...(isStream && { duplex: 'half', keepalive: false }),
  });
}
