import type { StreamObserver, StreamTap } from './stream-tap.ts';
import { tapWebStream } from './tap-web-stream.ts';

/** What a `Response` made by hand cannot be given. */
const facts = ['url', 'redirected', 'type'] as const;

const bodyless: ReadonlySet<number> = new Set([204, 205, 304]);

/** Taps the body of a `Response`; undefined for one without a body, or whose body has been read or is someone else's. */
export function tapResponse(response: Response, observer: StreamObserver): StreamTap | undefined {
  const { status, statusText, headers, body } = response;
  if (body === null || response.bodyUsed || status < 200 || bodyless.has(status)) return undefined;
  const tap = tapWebStream(body, observer);
  if (tap === undefined) return undefined;
  const reply = new Response(tap.reply as ReadableStream, { status, statusText, headers });
  for (const name of facts) {
    Object.defineProperty(reply, name, { value: response[name], configurable: true });
  }
  return { reply, first: () => tap.first(), abandon: () => tap.abandon() };
}
