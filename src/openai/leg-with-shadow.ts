import type { CallContext } from '../core/call/call-context.ts';

/**
 * A handler, and the same as `legacyShadow`, where it must not act. An intersection, since a call of a generic function that returns
 * a plain function type is looked at last: the arguments of a route whose `legacy` is such a call would not be known to its other
 * options.
 */
export type LegWithShadow<A extends unknown[], R> = ((...args: A) => Promise<R>) & {
  readonly shadow: (context: CallContext, ...args: A) => Promise<R>;
};
