import { attempt } from '../../../core/attempt.ts';
import type { Clock } from '../../../core/time/clock.ts';

type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;

/**
 * What became of an attempt to hold a request's body.
 *
 * - `none`: there is none.
 * - `whole`: all of it is here.
 * - `untouched`: it is larger than the cap, or someone else's; nothing was read of it.
 * - `begun`: it was larger than the cap, too slow or cut off; `replay` gives what was read and then the rest.
 */
export type HeldBody =
  | { readonly kind: 'none' | 'untouched' }
  | { readonly kind: 'whole'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'begun'; readonly replay: () => ReadableStream<Uint8Array> };

/** How much of a body is held, and how long is waited for it. */
export interface HoldLimits {
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly clock: Clock;
}

/** A body that is being read. */
class Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #chunks: Uint8Array[] = [];
  #pending: Promise<Chunk> | undefined;
  #byteLength = 0;
  #isStopped = false;
  #giveUp = (): void => undefined;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Reads until the end, the cap, a failure, or until it is told to stop. */
  async hold(maxBytes: number): Promise<HeldBody> {
    for (;;) {
      this.#pending = this.#reader.read();
      const chunk = await this.#unlessStopped(this.#pending);
      if (chunk === undefined) break; // what was read, or failed, is replayed with the rest
      this.#pending = undefined;
      if (chunk.done) return { kind: 'whole', bytes: this.#joined() };
      this.#chunks.push(chunk.value);
      if (!(chunk.value instanceof Uint8Array)) break; // whoever reads it shall find it out
      this.#byteLength += chunk.value.byteLength;
      if (this.#byteLength > maxBytes) break;
    }
    // The first one last: taken from the front of a long list, each would move all the others.
    this.#chunks.reverse();
    return { kind: 'begun', replay: () => this.#replay() };
  }

  stop(): void {
    this.#isStopped = true;
    queueMicrotask(() => this.#giveUp());
  }

  /** A chunk that is there already comes before a stop. No race: what lasts for all chunks would keep something of each. */
  #unlessStopped(pending: Promise<Chunk>): Promise<Chunk | undefined> {
    return new Promise((resolve) => {
      const giveUp = (): void => resolve(undefined);
      pending.then(resolve, giveUp);
      if (this.#isStopped) queueMicrotask(giveUp);
      else this.#giveUp = giveUp;
    });
  }

  #joined(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#byteLength);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    return bytes;
  }

  /** A failed read rejects here, so that the reader gets the error that it would have got. */
  #replay(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const held = this.#chunks.pop();
          if (held !== undefined) {
            controller.enqueue(held);
            return;
          }
          const pending = this.#pending ?? this.#reader.read();
          this.#pending = undefined;
          const { done, value } = await pending;
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => this.#reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }
}

async function holdWithin(
  body: ReadableStream<Uint8Array>,
  { maxBytes, maxWaitMs, clock }: HoldLimits,
  signal: AbortSignal,
): Promise<HeldBody> {
  const reading = new Reading(body);
  const stop = (): void => reading.stop();
  const timer = clock.setTimeout(stop, maxWaitMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const held = await reading.hold(maxBytes);
  signal.removeEventListener('abort', stop);
  clock.clearTimeout(timer);
  return held;
}

const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Reads a request's body up to a cap; at once, without a promise, where there is nothing to read. Never rejects.
 *
 * @param signal - gives up waiting for the body
 */
export function holdBody(
  request: Request,
  limits: HoldLimits,
  signal: AbortSignal,
): HeldBody | Promise<HeldBody> {
  // What does not let itself be looked at like a request is left to those who know it.
  return attempt(() => heldOf(request, limits, signal)) ?? { kind: 'untouched' };
}

function heldOf(
  request: Request,
  limits: HoldLimits,
  signal: AbortSignal,
): HeldBody | Promise<HeldBody> {
  if (bodiless.has(request.method)) return { kind: 'none' };
  if (request.bodyUsed) return { kind: 'untouched' };
  if (Number(request.headers.get('content-length')) > limits.maxBytes) return { kind: 'untouched' };
  const body = request.body as ReadableStream<Uint8Array> | null;
  if (body === null) return { kind: 'none' };
  // That of `node-fetch` is a stream of Node's.
  if (body.locked || typeof body.getReader !== 'function') return { kind: 'untouched' };
  return holdWithin(body, limits, signal);
}
