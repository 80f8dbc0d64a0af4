import type { Readable } from 'node:stream';
import { CutoverError } from '../../core/errors.ts';
import { nodeBuiltin } from '../../core/node-builtin.ts';
import { abandonNodeStream } from './abandon-node-stream.ts';
import { ownMethod } from './own-method.ts';
import { soleTap } from './sole-tap.ts';
import type { StreamObserver, StreamTap } from './stream-tap.ts';

type Emit = (this: unknown, event: unknown, ...args: unknown[]) => boolean;

// Undocumented, and without a documented equal: whether the end has arrived but was not read.
interface Internals {
  _readableState?: { ended?: boolean };
}

const observations: ReadonlyMap<unknown, (observer: StreamObserver, value: unknown) => void> =
  new Map([
    ['data', (observer, chunk) => observer.chunk(chunk)],
    ['end', (observer) => observer.ended()],
    ['error', (observer, reason) => observer.failed(reason)],
    ['close', (observer) => observer.cut()],
  ] as const satisfies [string, (observer: StreamObserver, value: unknown) => void][]);

const beginnings = ['readable', 'end', 'error', 'close'] as const;

/** Resolves when there is something to read or the stream has ended; nothing of it is taken. */
function begun(stream: Readable): Promise<boolean> {
  if (stream.readableLength > 0 || stream.readableFlowing !== null) return Promise.resolve(true);
  // Whoever listened now would make it emit its end, before the consumer is there to hear it.
  if ((stream as Internals)._readableState?.ended) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    const listeners = beginnings.map((event) => {
      const listener = (reason?: unknown): void => {
        for (const [name, other] of listeners) stream.removeListener(name, other);
        // Only in the next tick does the stream notice that no one listens, and can flow again.
        if (event === 'readable' || event === 'end') {
          holdFailure(stream);
          process.nextTick(resolve, stream.readableLength > 0);
        } else reject(event === 'error' ? reason : closedEarly());
      };
      return [event, listener] as const;
    });
    for (const [event, listener] of listeners) stream.on(event, listener);
  });
}

/**
 * A stream reads on behind its first chunk, and may fail before its consumer listens: that must not end the process, and is
 * told once more when the consumer has had its turn.
 */
function holdFailure(stream: Readable): void {
  const missed: (() => void)[] = [];
  const held = (['error', 'close'] as const).map((event) => {
    const listener = (reason?: unknown): void => {
      if (stream.listenerCount(event) === 1) missed.push(() => tellAgain(stream, event, reason));
    };
    stream.on(event, listener);
    return [event, listener] as const;
  });
  setImmediate(() => {
    for (const [event, listener] of held) stream.removeListener(event, listener);
    for (const tell of missed) tell();
  });
}

function tellAgain(stream: Readable, event: 'error' | 'close', reason: unknown): void {
  if (stream.listenerCount(event) > 0) stream.emit(event, reason);
}

const closedEarly = (): CutoverError =>
  new CutoverError('ERR_CUTOVER_CONTAINED', 'The stream was closed before its first chunk.');

/** Taps a Node stream by its own `emit`, whichever way it is read; undefined for one that has been read or is gone. */
export function tapNodeStream(stream: Readable, observer: StreamObserver): StreamTap | undefined {
  if (nodeBuiltin.stream.Readable.isDisturbed(stream) || stream.destroyed) return undefined;
  return soleTap(stream, observer, () => tapEmit(stream, observer));
}

function tapEmit(stream: Readable, observer: StreamObserver): StreamTap | undefined {
  const emit = stream.emit as Emit;
  const tapped: Emit = function tap(this: unknown, event, ...args) {
    if (this === stream) observations.get(event)?.(observer, args[0]);
    return emit.call(this, event, ...args);
  };
  if (!ownMethod(stream, 'emit', tapped)) return undefined;
  return { reply: stream, first: () => begun(stream), abandon: () => abandonNodeStream(stream) };
}
