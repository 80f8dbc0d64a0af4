import { createComparer } from './compare/create-comparer.ts';
import { Turns } from './compare/turns.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { type FlushReport, noCounts } from './core/counts.ts';
import { EventHub } from './core/event-hub.ts';
import type { MirrorableExchange, ServedExchange } from './core/exchange.ts';
import type { OwnedLane } from './core/lane.ts';
import { processWarnings } from './core/logger.ts';
import { refuse } from './core/option-checks.ts';
import { redactPersonalData } from './core/redact.ts';
import type { CutoverStats } from './core/stats.ts';
import { Warnings } from './core/warnings.ts';
import type { Cutover, CutoverControls, CutoverHandler, CutoverStream } from './cutover.ts';
import {
  type CutoverOptions,
  compareIssuesOf,
  cutoverIssues,
  handlerIssues,
  routePart,
} from './cutover-options.ts';
import { KillFile } from './flags/kill-file.ts';
import { ProviderLifecycle } from './flags/lifecycle.ts';
import { createStageSource } from './flags/stage-source.ts';
import { Background } from './router/background.ts';
import type { RunInit } from './router/call.ts';
import { createRoute, type Surroundings } from './router/create-route.ts';
import { explain, serve } from './router/handler.ts';
import type { Route, RouteHooks } from './router/route.ts';
import { flagKeyOf, type RouteOptions, routeIssues } from './router/route-options.ts';
import type { StreamRouteOptions } from './router/stream-route-options.ts';
import { streamed } from './router/streamed.ts';
import { Switchboard } from './router/switchboard.ts';
import { createLearnLane } from './shadow/learn-lane.ts';
import { createMirrorLane } from './shadow/mirror-lane.ts';
import { Shutdown } from './shutdown.ts';

const defaultDecideTimeoutMs = 50;

type AnyRouteOptions = RouteOptions<never[], unknown>;

/** The wiring of one cutover: what its handlers, its controls and the adapters share. */
export class CutoverCore {
  readonly hub: EventHub;
  readonly #routes = new Map<string, Route>();
  readonly #options: CutoverOptions;
  readonly #clock: Clock;
  readonly #switchboard = new Switchboard();
  readonly #learnLane: OwnedLane<ServedExchange> | undefined;
  readonly #mirrorLane: OwnedLane<MirrorableExchange>;
  readonly #around: Surroundings;
  readonly #lifecycle: ProviderLifecycle;
  readonly #shutdown: Shutdown;

  constructor(options: CutoverOptions) {
    const { clock = systemClock, random = Math.random, logger = processWarnings } = options;
    const { engramia, shadow = {} } = options;
    const warnings = new Warnings(logger, clock);
    this.hub = new EventHub(warnings);
    const warn = (code: string, message: string): void => warnings.warn(code, message);
    const lanes = { clock, random, reporter: this.hub, warn };
    this.#options = options;
    this.#clock = clock;
    this.#lifecycle = new ProviderLifecycle({ provider: options.flags, reporter: this.hub, clock });
    this.#learnLane =
      engramia && createLearnLane({ ...lanes, options: shadow.learn, learner: engramia });
    this.#mirrorLane = createMirrorLane({
      ...lanes,
      options: shadow.mirror,
      isKilled: () => this.#switchboard.killed,
    });
    this.#around = {
      force: options.force,
      decideTimeoutMs: options.decideTimeoutMs ?? defaultDecideTimeoutMs,
      learnLane: this.#learnLane,
      mirrorLane: this.#mirrorLane,
      background: backgroundOf(options, clock, this.hub),
      transcript: options.transcript,
      tracing: options.tracing,
      flagProvider: options.flags.metadata.name,
      switchboard: this.#switchboard,
      reporter: this.hub,
      clock,
      random,
      redact: redactPersonalData,
      comparerOf: comparers(clock, this.hub),
      warnOnce: (code, message, about) => warnings.once(code, message, about),
    };
    this.#shutdown = new Shutdown({
      killFile: this.#followKillFile(options),
      learnLane: this.#learnLane,
      mirrorLane: this.#mirrorLane,
      lifecycle: this.#lifecycle,
      clock,
      signal: options.signal,
    });
  }

  /** Adds a route; two of one name would share a flag and hide each other in the statistics. */
  route(options: AnyRouteOptions, hooks?: RouteHooks): Route {
    const { name } = options;
    const taken = this.#routes.has(name) ? [`name "${name}" is taken by another route`] : [];
    refuse('route', [...routeIssues(options), ...compareIssuesOf(options), ...taken]);
    const source = createStageSource({
      provider: this.#options.flags,
      flagKey: flagKeyOf(options),
      defaultStage: this.#options.defaultStage ?? 'off',
      reporter: this.hub,
      clock: this.#clock,
      route: name,
      lifecycle: this.#lifecycle,
    });
    const route = createRoute(options, source, this.#around, hooks);
    this.#routes.set(name, route);
    return route;
  }

  kill(reason = 'killed by hand', options?: { force?: boolean }): 'killed' | 'frozen' {
    this.#switchboard.kill(reason, options?.force === true);
    return this.#tellKilled(reason);
  }

  revive(): void {
    this.#takeBack(() => this.#switchboard.revive());
  }

  stats(): CutoverStats {
    const routes = [...this.#routes.values()];
    return {
      state: this.#state(),
      routes: Object.fromEntries(
        routes.map((route) => [route.name, route.counters.snapshot(route.legacyGone)]),
      ),
      learn: this.#learnLane?.stats() ?? noCounts,
      mirror: this.#mirrorLane.stats(),
    };
  }

  flush(options?: { timeoutMs?: number }): Promise<FlushReport> {
    return this.#shutdown.flush(options);
  }

  close(options?: { timeoutMs?: number }): Promise<FlushReport> {
    return this.#shutdown.close(options);
  }

  #tellKilled(reason: string): 'killed' | 'frozen' {
    const outcome = this.#frozen() ? 'frozen' : 'killed';
    this.hub.emit('rollback', { outcome, reason });
    return outcome;
  }

  /** Nothing is told while another kill stands. */
  #takeBack(release: () => void): void {
    const { state } = this.#switchboard;
    release();
    if (state.kind !== 'killed' || this.#switchboard.killed) return;
    for (const route of this.#routes.values()) route.legacyGone = false;
    this.hub.emit('rollback', { outcome: 'revived', reason: state.reason });
  }

  #followKillFile({ killFile: file }: CutoverOptions): KillFile | undefined {
    if (file === undefined) return undefined;
    const killFile = new KillFile({
      file,
      clock: this.#clock,
      reporter: this.hub,
      appeared: (reason) => {
        const wasKilled = this.#switchboard.killed;
        this.#switchboard.hold(reason);
        if (!wasKilled) this.#tellKilled(reason);
      },
      removed: () => this.#takeBack(() => this.#switchboard.release()),
    });
    killFile.start();
    return killFile;
  }

  #frozen(): boolean {
    const { state } = this.#switchboard;
    if (state.kind !== 'killed' || state.force) return false;
    return [...this.#routes.values()].some((route) => route.legacyGone);
  }

  #state(): CutoverStats['state'] {
    if (this.#shutdown.hasBegun) return 'closed';
    if (!this.#switchboard.killed) return 'open';
    return this.#frozen() ? 'frozen' : 'killed';
  }
}

/** One comparison goes on at a time, whatever its route. */
function comparers(clock: Clock, hub: EventHub): Surroundings['comparerOf'] {
  const turns = new Turns();
  return (options, route) =>
    createComparer(options, {
      clock,
      turns,
      contained: (error) => hub.contained('compare', error, { route }),
    });
}

function backgroundOf(
  options: CutoverOptions,
  clock: Clock,
  hub: EventHub,
): Background | undefined {
  const { background } = options;
  if (background === undefined || background.mode === 'detached') return undefined;
  return new Background(background, clock, hub);
}

/** The controls of a cutover, as methods that work detached from it. */
export function controlsOf(core: CutoverCore): CutoverControls {
  return {
    on: (type, listener, options) => core.hub.on(type, listener, options?.signal),
    kill: (reason, options) => core.kill(reason, options),
    revive: () => core.revive(),
    stats: () => core.stats(),
    flush: (options) => core.flush(options),
    close: (options) => core.close(options),
    [Symbol.asyncDispose]: async () => void (await core.close()),
  };
}

function handlerOf<A extends unknown[], R>(
  core: CutoverCore,
  options: RouteOptions<A, R>,
): CutoverHandler<A, R> {
  const route = core.route(options as unknown as AnyRouteOptions);
  function handle(this: unknown, ...args: A): Promise<unknown> {
    return serve(route, this, args, undefined);
  }
  Object.defineProperty(handle, 'name', { value: options.legacy.name });
  Object.defineProperty(handle, 'length', { value: options.legacy.length });
  return Object.assign(handle, controlsOf(core), {
    run: (args: A, init?: RunInit) => serve(route, undefined, args, init),
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
  Object.defineProperty(handle, 'name', { value: options.legacy.name });
  Object.defineProperty(handle, 'length', { value: options.legacy.length });
  return Object.assign(handle, controlsOf(core), {
    run: (args: A, init?: RunInit) => streamed(route, undefined, args, init),
    decide: (...args: A) => explain(route, undefined, args),
  }) as unknown as CutoverStream<A, T>;
}

const cores = new WeakMap<Cutover, CutoverCore>();

/** The wiring behind a `Cutover`, for adapters. */
export function coreOf(cutover: Cutover): CutoverCore {
  const core = cores.get(cutover);
  if (core === undefined) refuse('adapter', ['cutover must be made by createCutover()']);
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
    ...controlsOf(core),
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
