import { createComparer } from './compare/create-comparer.ts';
import { LoopTurns } from './compare/words/loop-turns.ts';
import { noConversations } from './core/contracts/conversations.ts';
import { type FlushReport, noCounts } from './core/contracts/counts.ts';
import type { MirrorableExchange, ServedExchange } from './core/contracts/exchange.ts';
import type { OwnedLane } from './core/contracts/lane.ts';
import type { CutoverStats } from './core/contracts/stats.ts';
import { EventHub } from './core/events/event-hub.ts';
import { processWarnings } from './core/events/logger.ts';
import { Warnings } from './core/events/warnings.ts';
import { refuse } from './core/option-checks.ts';
import { redactPersonalData } from './core/redact/redact.ts';
import { safeDraws } from './core/safe-draws.ts';
import { type Clock, systemClock } from './core/time/clock.ts';
import { safeClock } from './core/time/safe-clock.ts';
import type { CutoverControls } from './cutover.ts';
import { controlsOf } from './cutover-controls.ts';
import {
  type CutoverOptions,
  compareIssuesOf,
  sharedIssues,
  targetingIssues,
} from './cutover-options.ts';
import { ProviderLifecycle } from './flags/source/lifecycle.ts';
import { createStageSource } from './flags/source/stage-source.ts';
import { toKillOrder } from './kill-order.ts';
import { KillSwitch } from './kill-switch.ts';
import { Background } from './router/offer/background.ts';
import { createRoute, type Surroundings } from './router/route/create-route.ts';
import type { Route, RouteHooks } from './router/route/route.ts';
import { flagKeyOf, type RouteOptions, routeIssues } from './router/route/route-options.ts';
import { toBudget } from './shadow/budget/budget.ts';
import { createLearnLane } from './shadow/learn/learn-lane.ts';
import { createMirrorLane } from './shadow/mirror/mirror-lane.ts';
import { Shutdown } from './shutdown.ts';
import { createConversations, type OwnedConversations } from './transcript/create-conversations.ts';

const defaultDecideTimeoutMs = 50;

export type AnyRouteOptions = RouteOptions<never[], unknown>;

/** The wiring of one cutover: what its handlers, its controls and the adapters share. */
export class CutoverCore {
  readonly hub: EventHub;
  /** Methods that work detached from it: all its handlers have the same. */
  readonly controls: CutoverControls = controlsOf(this);
  readonly #routes = new Map<string, Route>();
  readonly #options: CutoverOptions;
  readonly #clock: Clock;
  readonly #killSwitch: KillSwitch;
  readonly #learnLane: OwnedLane<ServedExchange> | undefined;
  readonly #mirrorLane: OwnedLane<MirrorableExchange>;
  readonly #around: Surroundings;
  readonly #lifecycle: ProviderLifecycle;
  readonly #shutdown: Shutdown;
  readonly #makeConversations: () => OwnedConversations;
  /** Made for the transcript, or for the first route that hands back. */
  #conversations: OwnedConversations | undefined;

  constructor(options: CutoverOptions) {
    const { logger = processWarnings } = options;
    const clock = options.clock === undefined ? systemClock : safeClock(options.clock);
    const random = safeDraws(options.random ?? Math.random);
    const { engramia, shadow = {} } = options;
    const warnings = new Warnings(logger, clock);
    this.hub = new EventHub(warnings);
    this.#killSwitch = new KillSwitch(this.#routes, this.hub);
    const { switchboard } = this.#killSwitch;
    const warn = (code: string, message: string): void => warnings.warn(code, message);
    const warnOnce = (code: string, message: string, about?: string): void =>
      warnings.once(code, message, about);
    const lanes = { clock, random, reporter: this.hub, warn };
    this.#options = options;
    this.#clock = clock;
    this.#lifecycle = new ProviderLifecycle({ provider: options.flags, reporter: this.hub, clock });
    this.#learnLane =
      engramia && createLearnLane({ ...lanes, options: shadow.learn, learner: engramia });
    this.#mirrorLane = createMirrorLane({
      ...lanes,
      options: shadow.mirror,
      pairs: options.pairs,
      budget: shadow.budget && toBudget(shadow.budget, clock),
      isKilled: () => switchboard.killed,
    });
    this.#around = {
      force: options.force,
      decideTimeoutMs: options.decideTimeoutMs ?? defaultDecideTimeoutMs,
      learnLane: this.#learnLane,
      mirrorLane: this.#mirrorLane,
      background: backgroundOf(options, clock, { reporter: this.hub, warnOnce }),
      keepsTurns: options.transcript !== undefined,
      conversationsOf: (handsBack) => this.#conversationsOf(handsBack),
      tracing: options.tracing,
      flagProvider: options.flags.metadata.name,
      switchboard,
      reporter: this.hub,
      clock,
      random,
      redact: redactPersonalData,
      comparerOf: comparers(clock, this.hub),
      warnOnce,
    };
    this.#makeConversations = () =>
      createConversations({
        transcript: options.transcript,
        ...lanes,
        idle: () => this.#shutdown.turnsEnded(),
      });
    this.#shutdown = new Shutdown({
      killFile: this.#killSwitch.follow(options.killFile, clock),
      learnLane: this.#learnLane,
      mirrorLane: this.#mirrorLane,
      lifecycle: this.#lifecycle,
      conversations: () => this.#conversations,
      clock,
      signal: options.signal,
    });
  }

  /** Adds a route; two of one name would share a flag and hide each other in the statistics. */
  route(options: AnyRouteOptions, hooks?: RouteHooks): Route {
    const name = options?.name;
    const taken = this.#routes.has(name) ? [`name "${name}" is taken by another route`] : [];
    refuse('route', [
      ...routeIssues(options),
      ...sharedIssues(options),
      ...compareIssuesOf(options),
      ...targetingIssues(options, this.#options.flags),
      ...taken,
    ]);
    const source = createStageSource({
      provider: this.#options.flags,
      flagKey: flagKeyOf(options),
      defaultStage: this.#options.defaultStage ?? 'off',
      reporter: this.hub,
      clock: this.#clock,
      by: options.targeting ?? 'tenant',
      route: name,
      lifecycle: this.#lifecycle,
    });
    const route = createRoute(options, source, this.#around, hooks);
    this.#routes.set(name, route);
    return route;
  }

  kill(reason?: string, options?: { force?: boolean }): 'killed' | 'frozen' {
    const order = toKillOrder(reason, options);
    const outcome = this.#killSwitch.kill(order.reason, order.force);
    if (order.idle !== undefined) {
      const what = `kill() does not use ${order.idle}: it takes { force: true }, behind the reason.`;
      this.#around.warnOnce('kill', what, '');
    }
    return outcome;
  }

  revive(): void {
    this.#killSwitch.revive();
  }

  stats(): CutoverStats {
    const routes = [...this.#routes.values()];
    return {
      state: this.#shutdown.hasBegun ? 'closed' : this.#killSwitch.state,
      routes: Object.fromEntries(
        routes.map((route) => [route.name, route.counters.snapshot(route.legacyGone)]),
      ),
      learn: this.#learnLane?.stats() ?? noCounts,
      mirror: this.#mirrorLane.stats(),
      conversations: this.#conversations?.stats ?? noConversations,
    };
  }

  flush(options?: { timeoutMs?: number }): Promise<FlushReport> {
    return this.#shutdown.flush(options);
  }

  close(options?: { timeoutMs?: number }): Promise<FlushReport> {
    return this.#shutdown.close(options);
  }

  #conversationsOf(handsBack: boolean): OwnedConversations | undefined {
    if (!handsBack && this.#options.transcript === undefined) return undefined;
    this.#conversations ??= this.#makeConversations();
    if (this.#shutdown.hasBegun) this.#conversations.close();
    return this.#conversations;
  }
}

/** One comparison goes on at a time, whatever its route. */
function comparers(clock: Clock, hub: EventHub): Surroundings['comparerOf'] {
  const turns = new LoopTurns();
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
  around: ConstructorParameters<typeof Background>[2],
): Background | undefined {
  const { background } = options;
  if (background === undefined || background.mode === 'detached') return undefined;
  return new Background(background, clock, around);
}
