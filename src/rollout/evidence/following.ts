import type { CutoverEventOf } from '../../core/events/events.ts';
import { nodeCrypto } from '../../core/node-crypto.ts';
import { issuesOf, type OptionCheck, refuse, required } from '../../core/option-checks.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import type { FollowedCutover } from '../rollout.ts';
import { LegacyNews } from './legacy-news.ts';
import type { LegacyPulse } from './legacy-pulse.ts';
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
    const { meter, pulse, identity, lessons, now } = this.#setting;
    lessons.add(cutover);
    const replica = sayable(identity);
    const gone = new Set<string>();
    // Of those, the ones whose cutover asks legacy anew: they tell nothing of one that answers.
    const asked = new Set<string>();
    const hear = (route: string, alive: boolean, reason: string, more: object = {}): void => {
      asked.delete(route);
      if (alive) gone.delete(route);
      else gone.add(route);
      pulse.heard(route, alive);
      const kind = alive ? 'legacy.back' : 'legacy.gone';
      const evidence = { route: sayable(route), replica, ...more };
      const heard = { kind, at: now(), actor: 'system', reason, evidence } as const;
      this.#legacy.hear(route, !alive, () => this.#hear(heard));
    };
    const listeners = [
      cutover.on('served', (event) => {
        meter.count(event);
        if (asked.size === 0 || !asked.has(event.route)) return;
        if (isAnswerOfLegacy(event)) hear(event.route, true, again);
      }),
      cutover.on('gone', ({ route, alive, error }) => {
        const reason = alive ? again : 'legacy answered that it no longer exists';
        hear(route, alive, reason, error?.status === undefined ? {} : { status: error.status });
      }),
      cutover.on('rollback', ({ outcome, reason }) => {
        const kind = outcome === 'revived' ? 'revive' : 'kill';
        const evidence = { outcome, replica };
        const why = sayable(reason) || outcome;
        this.#hear({ kind, at: now(), actor: 'system', reason: why, evidence });
        // No word yet of a legacy that is back: a guardrail that fails meanwhile has no way back to it.
        if (outcome === 'revived') for (const route of gone) asked.add(route);
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

const again = 'legacy answers again';

const isAnswerOfLegacy = ({ leg, status, cut }: CutoverEventOf<'served'>): boolean =>
  leg === 'legacy' && status === 'fulfilled' && cut === undefined;

/** Where events come from: the handlers of one cutover, and its controls, have their own `on` in common. */
function sourceOf(cutover: FollowedCutover): unknown {
  return Object.hasOwn(cutover, 'on') ? cutover.on : cutover;
}
