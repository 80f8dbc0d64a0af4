import { isPhrase } from './reason-phrase.ts';
import type { StreamObserver, StreamTap } from './stream-tap.ts';
import { tapWebStream } from './tap-web-stream.ts';

/** What a `Response` made by hand cannot be given. */
const facts = ['url', 'redirected', 'type', 'statusText'] as const;

/** Statuses that servers send beyond it, 999 for one, no `Response` made by hand can have. */
const lastStatus = 599;

const bodyless: ReadonlySet<number> = new Set([204, 205, 304]);

/** Servers put a class of their own in the place of the global one; what `fetch` gives is still of the one below it. */
function isGlobal(prototype: unknown): boolean {
  let known: unknown = Response.prototype;
  // To its end: under jest the last but one is another `Object.prototype` than ours.
  for (; known !== null && known !== Object.prototype; known = Object.getPrototypeOf(known)) {
    if (known === prototype) return true;
  }
  return false;
}

/** What h3 answers with is a `Response` that its server sends faster, and nothing more. */
const isFast = (response: Response): boolean => '_toNodeResponse' in response;

/** Whether nothing is lost with the object itself: a subclass, as frameworks have them, brings members of its own. */
function isReplaceable(response: Response): boolean {
  const isPlain = isGlobal(Object.getPrototypeOf(response)) || isFast(response);
  return isPlain && Object.keys(response).length === 0;
}

/**
 * Taps the body of a `Response`; undefined for one without a body, whose body has been read or is someone else's, and for one
 * that is more than a `Response`.
 */
export function tapResponse(response: Response, observer: StreamObserver): StreamTap | undefined {
  const { status, statusText, headers, body } = response;
  if (body === null || response.bodyUsed || status < 200 || bodyless.has(status)) return undefined;
  if (status > lastStatus || !isReplaceable(response)) return undefined;
  const tap = tapWebStream(body, observer);
  if (tap === undefined) return undefined;
  const reply = new Response(tap.reply as ReadableStream, {
    status,
    statusText: isPhrase(statusText) ? statusText : '',
    headers,
  });
  for (const name of facts) {
    Object.defineProperty(reply, name, { value: response[name], configurable: true });
  }
  return { reply, first: (beginning) => tap.first(beginning), abandon: () => tap.abandon() };
}
