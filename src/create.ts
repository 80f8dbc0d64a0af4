import { refuse } from './core/option-checks.ts';
import type { Cutover, CutoverHandler, CutoverStream } from './cutover.ts';
import { type AnyRouteOptions, CutoverCore } from './cutover-core.ts';
import { type CutoverOptions, cutoverIssues, handlerIssues, routePart } from './cutover-options.ts';
import type { RunInit } from './router/call.ts';
import { explain, serve } from './router/handler.ts';
import type { RouteOptions } from './router/route/route-options.ts';
import type { StreamRouteOptions } from './router/route/stream-route-options.ts';
import { toArguments, toCaller } from './router/run-init.ts';
import { streamed } from './router/streamed.ts';

/** What stands in front of a handler looks like it to whoever asks for name or arity. */
function keepNameAndLength(
  { name, length }: { name: string; length: number },
  handle: object,
): void {
  Object.defineProperty(handle, 'name', { value: name });
  Object.defineProperty(handle, 'length', { value: length });
}

function handlerOf<A extends unknown[], R>(
  core: CutoverCore,
  options: RouteOptions<A, R>,
): CutoverHandler<A, R> {
  const route = core.route(options as unknown as AnyRouteOptions);
  function handle(this: unknown, ...args: A): Promise<unknown> {
    return serve(route, this, args, undefined);
  }
  keepNameAndLength(options.legacy, handle);
  return Object.assign(handle, core.controls, {
    run: (args: A, init?: RunInit) =>
      serve(route, undefined, toArguments(args), toCaller(init, route)),
    decide: (...args: A) => explain(route, undefined, args),
  }) as unknown as CutoverHandler<A, R>;
}

function streamOf<A extends unknown[], T>(
  core: CutoverCore,
  options: StreamRouteOptions<A, T>,
): CutoverStream<A, T> {
  const route = core.route(options as unknown as AnyRouteOptions);
  function handle(this: unknown, ...args: A): AsyncGenerator<unknown, void, undefined> {
    return streamed(route, this, args, undefined);
  }
  keepNameAndLength(options.legacy, handle);
  return Object.assign(handle, core.controls, {
    run: (args: A, init?: RunInit) =>
      streamed(route, undefined, toArguments(args), toCaller(init, route)),
    decide: (...args: A) => explain(route, undefined, args),
  }) as unknown as CutoverStream<A, T>;
}

const cores = new WeakMap<Cutover, CutoverCore>();

/** The wiring behind a `Cutover`, for adapters. */
export function coreOf(cutover: Cutover): CutoverCore {
  const core = cores.get(cutover);
  const made = 'cutover must be made by createCutover() of the same copy of engramia-cutover';
  if (core === undefined) refuse('adapter', [made]);
  return core as CutoverCore;
}

/**
 * Makes what the routes of an app share: flags, lanes, controls.
 *
 * @throws InvalidOptionsError naming every issue at once
 * @example
 * ```ts
 * import { createCutover } from 'engramia-cutover';
 * import { memoryFlags } from 'engramia-cutover/flags';
 *
 * const cutover = createCutover({ flags: memoryFlags('off') });
 * const chat = cutover.handler({
 *   name: 'chat',
 *   legacy: async (userId: string, message: string) => `legacy: ${message}`,
 *   candidate: async (context, userId, message) => `candidate: ${message}`,
 *   identify: (userId, message) => ({ tenant: 'acme', user: userId, task: message }),
 * });
 * console.log(await chat('user-1', 'Build a CSV parser'));
 * ```
 */
export function createCutover(options: CutoverOptions): Cutover {
  refuse('createCutover()', cutoverIssues(options));
  const core = new CutoverCore(options);
  const cutover: Cutover = {
    ...core.controls,
    handler: (route) => handlerOf(core, route),
    stream: (route) => streamOf(core, route),
  };
  cores.set(cutover, core);
  return cutover;
}

/**
 * Puts a cutover in front of one handler, whose signature it keeps.
 *
 * @throws InvalidOptionsError naming every issue at once
 * @example
 * ```ts
 * import { createCutoverHandler } from 'engramia-cutover';
 * import { memoryFlags } from 'engramia-cutover/flags';
 *
 * const handleRequest = createCutoverHandler({
 *   name: 'chat',
 *   legacy: async (userId: string, message: string) => `legacy: ${message}`,
 *   candidate: async (context, userId, message) => `candidate: ${message}`,
 *   identify: (userId, message) => ({ tenant: 'acme', user: userId, task: message }),
 *   flags: memoryFlags('off'),
 * });
 * console.log(await handleRequest('user-1', 'Build a CSV parser'));
 * ```
 */
export function createCutoverHandler<A extends unknown[], R>(
  options: CutoverOptions & RouteOptions<A, R>,
): CutoverHandler<A, R> {
  refuse('createCutoverHandler()', handlerIssues(options));
  return handlerOf(new CutoverCore(options), routePart(options));
}

/**
 * Puts a cutover in front of one handler that is an async generator, whose signature it keeps. A candidate that fails before
 * its first chunk is replaced by legacy; afterwards neither leg changes.
 *
 * @throws InvalidOptionsError naming every issue at once
 * @example
 * ```ts
 * import { createCutoverStream } from 'engramia-cutover';
 * import { memoryFlags } from 'engramia-cutover/flags';
 *
 * const chat = createCutoverStream({
 *   name: 'chat',
 *   legacy: async function* (message: string) {
 *     yield 'legacy: ';
 *     yield message;
 *   },
 *   candidate: async function* (context, message) {
 *     yield `candidate: ${message}`;
 *   },
 *   identify: (message) => ({ tenant: 'acme', task: message }),
 *   flags: memoryFlags('off'),
 * });
 * for await (const chunk of chat('Build a CSV parser')) console.log(chunk);
 * ```
 */
export function createCutoverStream<A extends unknown[], T>(
  options: CutoverOptions & StreamRouteOptions<A, T>,
): CutoverStream<A, T> {
  refuse('createCutoverStream()', handlerIssues(options));
  return streamOf(new CutoverCore(options), routePart(options));
}
