import { attempt } from '../../core/attempt.ts';
import type { StreamKind } from './stream-kind.ts';
import type { StreamObserver, StreamTap } from './stream-tap.ts';
import { tapHeldStream } from './tap-held-stream.ts';
import { tapIterable } from './tap-iterable.ts';
import { tapNodeStream } from './tap-node-stream.ts';
import { tapResponse } from './tap-response.ts';
import { tapWebStream } from './tap-web-stream.ts';
import { unlessStopped } from './unless-stopped.ts';

type Tapping = (stream: never, observer: StreamObserver) => StreamTap | undefined;

const tappings: Readonly<Record<StreamKind, Tapping>> = {
  web: tapWebStream,
  node: tapNodeStream,
  iterable: tapObject,
  response: tapResponse,
};

function tapObject(stream: object, observer: StreamObserver): StreamTap | undefined {
  const heeding = unlessStopped(stream, observer);
  return tapHeldStream(stream, heeding) ?? tapIterable(stream, heeding);
}

/**
 * Lets an observer see what a consumer reads of a stream: chunk by chunk at the consumer's pace, nothing read ahead.
 * Undefined: the stream is frozen, locked or has been read, and was not touched.
 */
export function tapStream(
  stream: object,
  kind: StreamKind,
  observer: StreamObserver,
): StreamTap | undefined {
  return attempt(() => tappings[kind](stream as never, observer));
}
