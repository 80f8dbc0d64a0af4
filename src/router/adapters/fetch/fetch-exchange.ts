import { AsyncResource } from 'node:async_hooks';
import { attempt } from '../../../core/attempt.ts';
import type { Caller, RunInit } from '../../call.ts';
import { type HeldBody, type HoldLimits, holdBody } from './held-body.ts';
import { headOf, legRequest, type RequestHead } from './leg-request.ts';
import { withOwnMembers } from './own-members.ts';

/** What one request may bring along: a signal, a request id, the platform's `waitUntil`, facts for the legs. */
export type FetchInit<Locals> = RunInit &
  (undefined extends Locals ? { locals?: Locals } : { locals: Locals });

/** What a call of which nothing is read is charged for its request. */
const requestBytes = 4096;

const noBody: HeldBody = { kind: 'none' };

/** `own` may be null, which stands for no signal in `fetch`. A value that is no signal at all is ignored. */
function joined(signal: AbortSignal, own: AbortSignal | null | undefined): AbortSignal {
  if (!own || own === signal) return signal;
  return attempt(() => AbortSignal.any([signal, own])) ?? signal;
}

/** Undefined for a request without a signal, as `node-fetch` and tests make them. */
const signalOf = ({ signal }: { readonly signal?: AbortSignal | null }): AbortSignal | undefined =>
  typeof signal?.addEventListener === 'function' ? signal : undefined;

/** What a leg gets: the request and the facts that came with it. */
export interface LegInput<Locals> {
  readonly locals: Locals;
  requestFor(signal: AbortSignal): Request;
}

/** One request on its way through a fetch handler. */
export class FetchExchange<Locals> implements Caller, LegInput<Locals> {
  /** What legacy does when the candidate is late is done in the request's own async context. */
  readonly scope = new AsyncResource('engramia-cutover.request');
  readonly request: Request;
  readonly locals: Locals;
  readonly requestId?: string;
  readonly waitUntil?: (promise: Promise<unknown>) => void;
  /** The tenant as the head named it. */
  named: string | undefined = undefined;
  /** Undefined: the body was not asked for. */
  body: HeldBody | undefined = undefined;
  readonly #own: AbortSignal | undefined;
  #signal: AbortSignal | undefined;
  #knownHead: RequestHead | undefined;

  constructor(request: Request, init: Partial<FetchInit<Locals>> | undefined) {
    this.request = request;
    this.locals = init?.locals as Locals;
    this.#own = init?.signal;
    if (init?.requestId !== undefined) this.requestId = init.requestId;
    if (init?.waitUntil !== undefined) this.waitUntil = init.waitUntil;
  }

  /** Aborts when the client leaves, or with the signal that came with the call. */
  get signal(): AbortSignal {
    this.#signal ??= joined(signalOf(this.request) ?? new AbortController().signal, this.#own);
    return this.#signal;
  }

  get gone(): boolean {
    return signalOf(this.request)?.aborted === true || attempt(() => this.#own?.aborted) === true;
  }

  /** Whoever serves a HEAD reads nothing of the body, nor cancels it. */
  get wantsHeadAlone(): boolean {
    return this.request.method === 'HEAD';
  }

  /**
   * Tells when the client has left: a server need not cancel the body of the response then. Only the request's own signal is heard,
   * since the app's may live as long as the app, and would keep each listener.
   */
  whenLeft(tell: () => void): () => void {
    const signal = signalOf(this.request);
    if (signal === undefined) return () => undefined;
    // A joined signal aborts after the request's. `tell` has the router let go of it, so it must wait until then.
    const heard = this.#own ? (): void => queueMicrotask(tell) : tell;
    signal.addEventListener('abort', heard, { once: true });
    if (signal.aborted) heard();
    return () => signal.removeEventListener('abort', heard);
  }

  /** Whether a leg can get a request of its own, with all of the body. */
  get isHeld(): boolean {
    return this.body?.kind === 'whole' || this.body?.kind === 'none';
  }

  /** Bytes that the exchange keeps while it waits in a lane. */
  get byteLength(): number {
    return requestBytes + (this.#bytes?.byteLength ?? 0);
  }

  /** Reads the body, up to the cap. At once where there is nothing to read; never rejects. */
  hold(limits: HoldLimits): Promise<void> | undefined {
    const held = holdBody(this.request, limits, this.signal);
    if (held instanceof Promise) {
      return held.then((body) => {
        this.body = body;
      });
    }
    this.body = held;
    return undefined;
  }

  /** The very request wherever nothing was read of it; else one that reads as it would have. */
  legacyRequest(): Request {
    const { body, request } = this;
    if (body?.kind !== 'whole' && body?.kind !== 'begun') return request;
    const again =
      body.kind === 'whole'
        ? this.requestFor(request.signal)
        : legRequest(this.#head, body.replay(), request.signal);
    return withOwnMembers(again, request);
  }

  /** A request of a leg's own. */
  requestFor(signal: AbortSignal): Request {
    return legRequest(this.#head, this.#bytes, signal);
  }

  /** What a mirror gets: copies, and nothing of the served call. */
  toMirror(copy: (locals: Locals) => Locals): MirroredExchange<Locals> {
    return new MirroredExchange(this.#head, this.#bytes, copy(this.locals));
  }

  /** Looked at once: to ask a request for all that it has takes as long as to make one. */
  get #head(): RequestHead {
    this.#knownHead ??= headOf(this.request);
    return this.#knownHead;
  }

  get #bytes(): Uint8Array<ArrayBuffer> | undefined {
    const { body = noBody } = this;
    return body.kind === 'whole' ? body.bytes : undefined;
  }
}

/** A request as a leg in the shadow gets it. */
export class MirroredExchange<Locals> implements LegInput<Locals> {
  readonly head: RequestHead;
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  readonly locals: Locals;

  constructor(head: RequestHead, bytes: Uint8Array<ArrayBuffer> | undefined, locals: Locals) {
    this.head = head;
    this.bytes = bytes;
    this.locals = locals;
  }

  requestFor(signal: AbortSignal): Request {
    return legRequest(this.head, this.bytes, signal);
  }
}
