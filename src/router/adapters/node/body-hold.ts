import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Clock, systemClock } from '../../../core/time/clock.ts';
import { defaultMaxBodyBytes, defaultMaxBodyWaitMs } from '../body-limits.ts';

/**
 * What became of an attempt to hold a request's body. Held or not, every later reader gets what it would have got.
 *
 * - `{ body }`: the whole raw body, still encoded as it was sent.
 * - `too-large`: it is, or says it is, larger than the cap.
 * - `late`: it has not come to its end in time, as one that stays open until it is answered.
 * - `aborted`: the client left before it had sent everything.
 * - `taken`: someone reads it already, or has read it.
 * - `awaited`: the app itself decides whether the client may send it (`checkContinue`), so waiting would never end.
 */
export type HeldBody =
  | { readonly body: Buffer }
  | 'too-large'
  | 'late'
  | 'aborted'
  | 'taken'
  | 'awaited';

/** How much of a body is held, and for how long. */
export interface HoldLimits {
  /** Bytes that it may have. @default 1_048_576 */
  readonly maxBytes?: number | undefined;
  /** Milliseconds that it may take to arrive. @default 10_000 */
  readonly maxWaitMs?: number | undefined;
  readonly clock?: Clock;
}

// Undocumented, and without a documented equal: whether the end has arrived but was not read; whether anything was ever
// read (`fetch` refuses such a body); and whether Node is to drain an unread body after the response, without which
// a kept-alive connection stalls.
interface Internals {
  _readableState?: { ended?: boolean; dataEmitted?: boolean };
  _consuming?: boolean;
  _consumed?: boolean;
}

const nothing = Buffer.alloc(0);

const hasEnded = (req: IncomingMessage): boolean =>
  (req as Internals)._readableState?.ended ?? req.complete;

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

function isTaken(req: IncomingMessage): boolean {
  return (
    req.readableFlowing !== null ||
    req.readableDidRead ||
    req.readableEnded ||
    req.readableEncoding !== null ||
    req.listenerCount('data') + req.listenerCount('readable') > 0
  );
}

function isAwaited(req: IncomingMessage): boolean {
  if (req.headers.expect === undefined) return false;
  const { server } = req.socket as { server?: EventEmitter };
  return (server?.listenerCount('checkContinue') ?? 0) > 0;
}

/** In one piece: of many, each would move all that were put back before it. */
function restore(req: IncomingMessage, held: Buffer): void {
  const internals = req as Internals;
  if (held.byteLength > 0) req.unshift(held);
  if (internals._readableState?.dataEmitted) internals._readableState.dataEmitted = false;
  if (internals._consuming) internals._consuming = false;
  if (internals._consumed) internals._consumed = false;
}

/** Reads chunk by chunk up to the end, which is left unread: once `end` was emitted, parsers skip the body. */
function readAll(
  req: IncomingMessage,
  {
    maxBytes,
    maxWaitMs = defaultMaxBodyWaitMs,
    clock = systemClock,
  }: HoldLimits & { maxBytes: number },
): Promise<HeldBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const settle = (why?: Exclude<HeldBody, { body: Buffer }>): void => {
      clock.clearTimeout(timer);
      req.removeListener('readable', onReadable);
      req.removeListener('close', onClose);
      const body = Buffer.concat(chunks, size);
      if (!req.destroyed) restore(req, body);
      // Only in the next tick does the stream notice that no one listens, and can flow again.
      process.nextTick(resolve, why ?? { body });
    };
    const onClose = (): void => settle('aborted');
    const onReadable = (): void => {
      // Exactly what is there: `read()` without a number would emit `end`.
      const chunk: Buffer | null = req.readableLength > 0 ? req.read(req.readableLength) : null;
      if (chunk !== null) size += chunks[chunks.push(chunk) - 1]?.byteLength ?? 0;
      if (size > maxBytes) settle('too-large');
      else if (hasEnded(req)) settle();
    };
    req.on('readable', onReadable);
    req.on('close', onClose);
    const timer = clock.setTimeout(() => settle('late'), maxWaitMs);
  });
}

/**
 * Reads a request's raw body and puts it back, so that whatever reads it later finds it as it was sent. Bodies larger
 * than `maxBytes`, and what has come of those that take longer than `maxWaitMs`, are put back too. Never rejects.
 */
export async function holdBody(req: IncomingMessage, limits: HoldLimits = {}): Promise<HeldBody> {
  const { maxBytes = defaultMaxBodyBytes } = limits;
  const declared = req.headers['content-length'];
  const chunked = req.headers['transfer-encoding'] !== undefined;
  if (!chunked && !(Number(declared) > 0)) return { body: nothing };
  if (isTaken(req)) return 'taken';
  if (!chunked && Number(declared) > maxBytes) return 'too-large';
  if (isAwaited(req)) return 'awaited';
  // Within this tick Node may still deliver what came with the head; a listener that is added before the end of an
  // empty body would make the stream emit it.
  await tick();
  if (req.destroyed) return 'aborted';
  if (isTaken(req)) return 'taken';
  if (hasEnded(req) && req.readableLength === 0) return { body: nothing };
  return readAll(req, { ...limits, maxBytes });
}
