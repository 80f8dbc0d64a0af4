import type { CutoverEventOf } from '../../core/events/events.ts';
import { nodeCrypto } from '../../core/node-crypto.ts';
import { issuesOf, type OptionCheck, refuse, required } from '../../core/option-checks.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import type { FollowedCutover } from '../rollout.ts';
import { LegacyNews } from './legacy-news.ts';
import type { LegacyPulse } from './legacy-pulse.ts';
import { LegacyRoutes } from './legacy-routes.ts';
import type { Lessons } from './lessons.ts';
import { sayable } from './sayable.ts';
import type { TrafficMeter } from './traffic-meter.ts';

/** What happened in a followed cutover, for the trail. */
export interface Heard {
  readonly kind: 'kill' | 'revive' | 'legacy.gone' | 'legacy.back';
  /** When: it may wait for the store for long. */
  readonly at: number;
  readonly actor: 'system';
  readonly reason: string;
  readonly evidence: object;
  /** What it is known again by, where the answer to its entry was lost. */
  readonly requestId: string;
}

/** Where what was heard goes. */
export interface FollowingSetting {
  readonly meter: TrafficMeter;
  readonly pulse: LegacyPulse;
  readonly lessons: Lessons;
  readonly identity: string;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly retryMs: number;
  /** `again`: it was tried before, and may be entered already. */
  readonly enter: (heard: Heard, again: boolean) => Promise<void>;
  readonly contained: (error: unknown) => void;
}

const followed: OptionCheck = {
  test: (value) => {
    const { on, stats } = (value ?? {}) as { on?: unknown; stats?: unknown };
    return typeof on === 'function' && typeof stats === 'function';
  },
  must: 'be a cutover, or a handler of one, with on() and stats()',
};

/** A cutover that is followed, under whichever of its names. */
interface Followed {
  times: number;
  readonly end: () => void;
}

/** Entries that wait for the store at most; those that come then are left out. */
const mostHeard = 1_000;

/** Listens to cutovers: counts what they serve, and enters what has happened to them. */
export class Following {
  readonly #setting: FollowingSetting;
  readonly #heard: Heard[] = [];
  readonly #legacy: LegacyNews;
  readonly #followed = new Map<unknown, Followed>();
  /** The first that waits was tried before. */
  #isAgain = false;
  #entering: Promise<void> | undefined;
  #timer: TimerHandle;
  #closed = false;

  constructor(setting: FollowingSetting) {
    this.#setting = setting;
    this.#legacy = new LegacyNews(setting.clock);
  }

  /** Until as many are disposed as were asked for: a cutover with several handlers is counted once. */
  follow(cutover: FollowedCutover): Disposable {
    refuse('rollout.follow()', issuesOf({ cutover }, { cutover: required(followed) }));
    const known = this.#followed.get(sourceOf(cutover)) ?? this.#listenTo(cutover);
    known.times += 1;
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        known.times -= 1;
        if (known.times === 0) known.end();
      },
    };
  }

  #listenTo(cutover: FollowedCutover): Followed {
    const { meter, lessons } = this.#setting;
    lessons.add(cutover);
    const routes = new LegacyRoutes();
    const listeners = [
      cutover.on('served', (event) => {
        meter.count(event);
        if (routes.isBackBy(event)) this.#hearOfLegacy(routes, event.route, true);
      }),
      cutover.on('gone', ({ route, alive, error }) => {
        this.#hearOfLegacy(routes, route, alive, error?.status);
      }),
      cutover.on('rollback', (event) => {
        this.#hearOfKill(event);
        if (event.outcome === 'revived') routes.revived();
      }),
    ];
    const end = (): void => {
      lessons.delete(cutover);
      this.#followed.delete(sourceOf(cutover));
      for (const listener of listeners) listener[Symbol.dispose]();
    };
    const begun = { times: 0, end };
    this.#followed.set(sourceOf(cutover), begun);
    return begun;
  }

  #hearOfLegacy(routes: LegacyRoutes, route: string, alive: boolean, status?: number): void {
    const { pulse, identity, now } = this.#setting;
    routes.told(route, alive);
    pulse.heard(route, alive);
    const kind = alive ? 'legacy.back' : 'legacy.gone';
    const reason = alive ? 'legacy answers again' : 'legacy answered that it no longer exists';
    const replica = sayable(identity);
    const evidence = { route: sayable(route), replica, ...(status !== undefined && { status }) };
    const heard = { kind, at: now(), actor: 'system', reason, evidence } as const;
    this.#legacy.hear(route, !alive, () => this.#hear(heard));
  }

  #hearOfKill({ outcome, reason }: CutoverEventOf<'rollback'>): void {
    const { identity, now } = this.#setting;
    const kind = outcome === 'revived' ? 'revive' : 'kill';
    const evidence = { outcome, replica: sayable(identity) };
    const why = sayable(reason) || outcome;
    this.#hear({ kind, at: now(), actor: 'system', reason: why, evidence });
  }

  /** Resolves when what was heard is entered, or could not be. */
  enter(): Promise<void> {
    if (this.#heard.length === 0) return this.#entering ?? Promise.resolve();
    this.#entering ??= inRootScope(() => this.#enter());
    return this.#entering;
  }

  async close(): Promise<void> {
    this.#legacy.close();
    await this.enter();
    this.#closed = true;
    this.#setting.clock.clearTimeout(this.#timer);
  }

  #hear(heard: Omit<Heard, 'requestId'>): void {
    const requestId = nodeCrypto().randomUUID();
    if (this.#heard.length < mostHeard) this.#heard.push({ ...heard, requestId });
    void this.enter();
  }

  /** Over in the very turn in which nothing is left: what was heard after that would wait for the next that is. */
  async #enter(): Promise<void> {
    const { enter, contained, clock, retryMs } = this.#setting;
    try {
      for (let next = this.#heard[0]; next !== undefined; next = this.#heard[0]) {
        await enter(next, this.#isAgain);
        this.#isAgain = false;
        this.#heard.shift();
      }
    } catch (error) {
      this.#isAgain = true;
      contained(error);
      clock.clearTimeout(this.#timer);
      if (!this.#closed) this.#timer = clock.setTimeout(() => void this.enter(), retryMs);
    }
    this.#entering = undefined;
  }
}

/** Where events come from: the handlers of one cutover, and its controls, have their own `on` in common. */
function sourceOf(cutover: FollowedCutover): unknown {
  return Object.hasOwn(cutover, 'on') ? cutover.on : cutover;
}
