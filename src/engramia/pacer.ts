import { minuteMs } from '../core/time/spans.ts';
import type { ServerClock } from './server-clock.ts';

/** Whether somebody waits for the answer: shadow calls use at most half of what there is, learning aside. */
export type CallPriority = 'served' | 'shadow';

/** Calls that the client allows itself. The service counts 60 a minute, address and path, and 120 a key. */
export interface PacingLimits {
  /** Learns a minute over all keys of the client's family; imports may take as many again. @default 50 */
  readonly learnsPerMinute: number;
  /** Recalls a minute over all keys of the client's family. @default 50 */
  readonly recallsPerMinute: number;
  /** Calls a minute and key, over all paths; what is learned takes at most half of them. @default 100 */
  readonly callsPerMinutePerKey: number;
}

/** Counts the calls of one family against the service's limits, in the service's own fixed minutes. */
export interface Pacer {
  /** Takes one call: 0, or the milliseconds until the next full minute when there is none left. */
  take(endpoint: string, key: string | undefined, priority: CallPriority): number;
  /** What `take` would answer. Takes nothing. */
  readyInMs(endpoint: string, key: string | undefined, priority: CallPriority): number;
  /** Closes a path for the service's minute in which it refused a call. */
  refused(endpoint: string, atMs: number): void;
}

interface Use {
  readonly taken: number;
  readonly shadow: number;
}

interface Window {
  readonly minute: number;
  readonly closed: Set<string>;
  readonly paths: Map<string, Use>;
  readonly keys: Map<string, Use>;
}

interface Rule {
  readonly limit: number;
  readonly shadow: 'half' | 'whole';
}

// A key's count is a string and two numbers; a family with more keys in one minute has been refused long before.
const maxKeys = 10_000;
const unused: Use = { taken: 0, shadow: 0 };

const rulesOf = (limits: PacingLimits): Readonly<Record<string, Rule>> => ({
  learn: { limit: limits.learnsPerMinute, shadow: 'whole' },
  recall: { limit: limits.recallsPerMinute, shadow: 'half' },
  import: { limit: limits.learnsPerMinute, shadow: 'whole' },
  evaluate: { limit: 8, shadow: 'half' }, // the service counts 10 a minute and address
});

const shadowLimit = ({ limit, shadow }: Rule): number =>
  shadow === 'whole' ? limit : Math.max(1, Math.floor(limit / 2));

function hasRoom(use: Use, rule: Rule | undefined, priority: CallPriority): boolean {
  if (rule === undefined) return true;
  if (use.taken >= rule.limit) return false;
  return priority === 'served' || use.shadow < shadowLimit(rule);
}

const plusOne = (use: Use, priority: CallPriority): Use => ({
  taken: use.taken + 1,
  shadow: use.shadow + (priority === 'shadow' ? 1 : 0),
});

const emptyWindow = (minute: number): Window => ({
  minute,
  closed: new Set(),
  paths: new Map(),
  keys: new Map(),
});

class WindowPacer implements Pacer {
  readonly #rules: Readonly<Record<string, Rule>>;
  readonly #keyRule: Rule;
  readonly #time: ServerClock;
  #current: Window;

  constructor(limits: PacingLimits, time: ServerClock) {
    this.#rules = rulesOf(limits);
    this.#keyRule = { limit: limits.callsPerMinutePerKey, shadow: 'half' };
    this.#time = time;
    this.#current = emptyWindow(Math.floor(time.now() / minuteMs));
  }

  take(endpoint: string, key: string | undefined, priority: CallPriority): number {
    const waitMs = this.readyInMs(endpoint, key, priority);
    if (waitMs > 0) return waitMs;
    const { paths, keys } = this.#window();
    paths.set(endpoint, plusOne(paths.get(endpoint) ?? unused, priority));
    if (key === undefined) return 0;
    if (keys.size >= maxKeys && !keys.has(key)) keys.delete(keys.keys().next().value ?? key);
    keys.set(key, plusOne(keys.get(key) ?? unused, priority));
    return 0;
  }

  readyInMs(endpoint: string, key: string | undefined, priority: CallPriority): number {
    const { minute, closed, paths, keys } = this.#window();
    const open =
      !closed.has(endpoint) &&
      hasRoom(paths.get(endpoint) ?? unused, this.#rules[endpoint], priority) &&
      (key === undefined || hasRoom(keys.get(key) ?? unused, this.#keyRule, priority));
    return open ? 0 : (minute + 1) * minuteMs - this.#time.now();
  }

  refused(endpoint: string, atMs: number): void {
    const window = this.#window();
    if (Math.floor(atMs / minuteMs) >= window.minute) window.closed.add(endpoint);
  }

  #window(): Window {
    const minute = Math.floor(this.#time.now() / minuteMs);
    const ahead = this.#current.minute - minute;
    // One minute back is a clock that was set right, not a new window; the counts stay.
    if (ahead !== 0 && ahead !== 1) this.#current = emptyWindow(minute);
    return this.#current;
  }
}

const unpaced: Pacer = { take: () => 0, readyInMs: () => 0, refused: () => {} };

/** A pacer with these limits; `false` counts and closes nothing. */
export function createPacer(limits: PacingLimits | false, time: ServerClock): Pacer {
  return limits === false ? unpaced : new WindowPacer(limits, time);
}
