import type { CallContext } from '../../core/call/call-context.ts';
import type { ReplyView } from '../../core/call/subject.ts';
import type { FallbackOptions, RouteOptions } from './route-options.ts';

type Replaced = 'legacy' | 'candidate' | 'view' | 'legacyShadow' | 'fallback';

/** One route whose handler is an async generator. */
export interface StreamRouteOptions<A extends unknown[] = unknown[], T = unknown>
  extends Omit<RouteOptions<A, unknown>, Replaced> {
  /** The generator that exists; called with exactly the caller's arguments and `this`. */
  legacy: (...args: A) => AsyncIterable<T>;
  /** The generator that replaces it: a context, then the same arguments. */
  candidate: (
    ...args: [context: CallContext, ...args: A]
  ) => AsyncIterable<NoInfer<T>> | PromiseLike<AsyncIterable<NoInfer<T>>>;
  /** Reads a reply from its joined text, off the user's path. @default the text as it is */
  view?: ((text: string) => ReplyView | undefined | Promise<ReplyView | undefined>) | undefined;
  /** Legacy as it may be run a second time, in the shadow of a served candidate. Absent: legacy is never mirrored. */
  legacyShadow?: ((...args: [context: CallContext, ...args: A]) => unknown) | undefined;
  /** When legacy answers although the candidate was asked: never after the first chunk. */
  fallback?: Omit<FallbackOptions, 'isFailure'> | undefined;
}
