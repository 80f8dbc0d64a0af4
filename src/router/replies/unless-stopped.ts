import { attempt } from '../../core/attempt.ts';
import type { StreamObserver } from './stream-tap.ts';

interface Stoppable {
  readonly cancelled?: unknown;
  readonly controller?: { readonly signal?: { readonly aborted?: unknown } };
}

const wasStopped = ({ cancelled, controller }: Stoppable): boolean =>
  cancelled === true || controller?.signal?.aborted === true;

/**
 * The observer of a stream that can be told to stop by another way than its iterator: it comes to its end then as if that
 * had been all.
 */
export function unlessStopped(stream: object, observer: StreamObserver): StreamObserver {
  if (!('cancelled' in stream || 'controller' in stream)) return observer;
  return {
    chunk: (value) => observer.chunk(value),
    ended: () =>
      attempt(() => wasStopped(stream as Stoppable)) ? observer.cut() : observer.ended(),
    failed: (reason) => observer.failed(reason),
    cut: () => observer.cut(),
  };
}
