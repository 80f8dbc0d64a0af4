import type { FlushReport } from './core/contracts/counts.ts';
import type { CutoverStats } from './core/contracts/stats.ts';
import type { CutoverEventOf, CutoverEventType } from './core/events/events.ts';
import type { RunInit } from './router/call.ts';
import type { Decision } from './router/handler.ts';
import type { RouteOptions } from './router/route/route-options.ts';
import type { StreamRouteOptions } from './router/route/stream-route-options.ts';

/** What an operator and the app's shutdown need of a cutover. */
export interface CutoverControls extends AsyncDisposable {
  /**
   * Listens until disposed or until `signal` aborts. A listener that throws is contained.
   *
   * @throws InvalidOptionsError for an event that does not exist, a listener that is no function, and options that there are not
   */
  on<T extends CutoverEventType>(
    type: T,
    listener: (event: CutoverEventOf<T>) => void,
    options?: { signal?: AbortSignal },
  ): Disposable;
  /**
   * Sends every tenant back to legacy from the next call on, without a shadow, whatever flags say or fail to say. A route
   * whose legacy is known to be gone is frozen instead: its candidate goes on, without a shadow; `force` overrides that.
   *
   * @default reason 'killed by hand', force false
   */
  kill(reason?: string, options?: { force?: boolean }): 'killed' | 'frozen';
  /**
   * Takes a kill back: flags decide again, and a legacy that was gone is asked anew. While a kill file is there, it goes on
   * killing.
   */
  revive(): void;
  /** What was done so far, as of now: a copy that does not change. */
  stats(): CutoverStats;
  /**
   * Waits until the shadow's tasks have ended, and keeps the process alive meanwhile; the report says what became of them.
   *
   * @default timeoutMs 10_000
   */
  flush(options?: { timeoutMs?: number }): Promise<FlushReport>;
  /**
   * Stops offering, waits like `flush`, then aborts what is left and counts it; the flag provider's own end is part of the
   * time. Calls are still served. Further calls get the first one's report, and bring its end forward if they ask for less.
   *
   * @default timeoutMs 10_000
   */
  close(options?: { timeoutMs?: number }): Promise<FlushReport>;
}

/** A handler with the signature of the one it wraps. */
export interface CutoverHandler<A extends unknown[], R> extends CutoverControls {
  (...args: A): Promise<Awaited<R>>;
  /** The same call with the caller's signal, a request id, or the platform's `waitUntil`. */
  run(args: A, init?: RunInit): Promise<Awaited<R>>;
  /** What would happen to a call with these arguments; runs neither leg. */
  decide(...args: A): Promise<Decision>;
}

/** A handler with the signature of the async generator it wraps. */
export interface CutoverStream<A extends unknown[], T> extends CutoverControls {
  /** As lazy as the generator itself: nothing starts before the first `next`. */
  (...args: A): AsyncGenerator<T, void, undefined>;
  /** The same call with the caller's signal, a request id, or the platform's `waitUntil`. */
  run(args: A, init?: RunInit): AsyncGenerator<T, void, undefined>;
  /** What would happen to a call with these arguments; runs neither leg. */
  decide(...args: A): Promise<Decision>;
}

/** The routes of one app with the lanes, flags and controls they share. */
export interface Cutover extends CutoverControls {
  /**
   * Wraps one handler.
   *
   * @throws InvalidOptionsError naming every issue of the route
   */
  handler<A extends unknown[], R>(route: RouteOptions<A, R>): CutoverHandler<A, R>;
  /**
   * Wraps one handler that is an async generator.
   *
   * @throws InvalidOptionsError naming every issue of the route
   */
  stream<A extends unknown[], T>(route: StreamRouteOptions<A, T>): CutoverStream<A, T>;
}
