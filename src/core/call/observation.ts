import type { Leg } from '../stage.ts';

/** How a leg ended. */
export type Observation<T = unknown> = PromiseSettledResult<T> & {
  readonly leg: Leg;
  /** Milliseconds from start to settling. */
  readonly durationMs: number;
};

/** Whether a value can be awaited. A plain value must not be: awaiting it costs a turn. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
