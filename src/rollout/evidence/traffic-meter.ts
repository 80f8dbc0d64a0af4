import type { TrafficBatch } from '../../core/contracts/evidence-store.ts';
import type { Store } from '../../core/contracts/store.ts';
import type { CutoverEventOf } from '../../core/events/events.ts';
import type { Leg, Stage } from '../../core/stage.ts';
import { stages } from '../../core/stage.ts';
import { keyCopy } from '../../core/text/text.ts';
import type { Clock } from '../../core/time/clock.ts';
import { dayOf } from '../../core/time/day.ts';
import { dayMs } from '../../core/time/spans.ts';
import { Deliveries } from './deliveries.ts';

/** Counters that wait for the store at most: of a route, tenant, leg and step each. */
const mostCounters = 10_000;

/** What is counted of a leg, as it is kept in the store. */
export interface Served {
  calls: number;
  errors: number;
  fallbacks: number;
  /** How many durations are in `ms` and `squaredMs`. */
  timed: number;
  ms: number;
  squaredMs: number;
}

interface Counter extends Served {
  readonly day: string;
  readonly phase: string;
  readonly tenant: string;
  readonly route: string;
  readonly leg: Leg;
}

/** What traffic is counted by. */
export interface TrafficSetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly everyMs: number;
  /** What a call of this stage belongs to: the step by which its tenant was decided. */
  readonly phaseOf: (tenant: string, stage: Stage) => string;
  readonly batchId: () => string;
  readonly contained: (error: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Counts what users got, by route, tenant, leg, day and step, and hands the counts to the store. */
export class TrafficMeter {
  readonly #setting: TrafficSetting;
  readonly #deliveries: Deliveries<TrafficBatch>;
  #counters = new Map<string, Counter>();
  #day = { number: Number.NaN, name: '' };
  #lost = 0;

  constructor(setting: TrafficSetting) {
    this.#setting = setting;
    this.#deliveries = new Deliveries({
      ...setting,
      take: () => this.#take(),
      send: (batch) => setting.store.addTraffic(batch),
    });
  }

  /** Calls that came while too many counters waited for the store. */
  get lost(): number {
    return this.#lost;
  }

  /** Takes one call. A call that legacy answered for the candidate is the candidate's. */
  count(served: CutoverEventOf<'served'>): void {
    const { fellBack, status, durationMs } = served;
    const counter = this.#counterOf(served);
    if (counter === undefined) {
      this.#lost += 1;
      return;
    }
    counter.calls += 1;
    if (status === 'rejected') counter.errors += 1;
    if (fellBack) counter.fallbacks += 1;
    // Whoever waited for a candidate that was late has waited all the same.
    if (durationMs > 0) {
      counter.timed += 1;
      counter.ms += durationMs;
      counter.squaredMs += durationMs * durationMs;
    }
    this.#deliveries.nudge();
  }

  flush(): Promise<void> {
    return this.#deliveries.flush();
  }

  close(): Promise<void> {
    return this.#deliveries.close();
  }

  #counterOf(served: CutoverEventOf<'served'>): Counter | undefined {
    const { route, tenant, stage, fellBack } = served;
    const leg = fellBack ? stages[stage].serves : served.leg;
    const phase = this.#setting.phaseOf(tenant, stage);
    const day = this.#dayName();
    const key = `${day} ${leg} ${phase.length} ${route.length} ${phase}${route}${tenant}`;
    const known = this.#counters.get(key);
    if (known !== undefined || this.#counters.size >= mostCounters) return known;
    const nothing: Served = { calls: 0, errors: 0, fallbacks: 0, timed: 0, ms: 0, squaredMs: 0 };
    // They may wait for the store for long, and must not keep what the name was cut from.
    const counter = { day, phase, tenant: keyCopy(tenant), route, leg, ...nothing };
    this.#counters.set(keyCopy(key), counter);
    return counter;
  }

  #dayName(): string {
    const number = Math.floor(this.#setting.now() / dayMs);
    if (number !== this.#day.number) this.#day = { number, name: dayOf(number * dayMs) };
    return this.#day.name;
  }

  #take(): TrafficBatch[] {
    const counters = [...this.#counters.values()];
    this.#counters = new Map();
    const phases = Map.groupBy(counters, ({ phase }) => phase);
    return [...phases].map(([phase, its]) => ({
      id: this.#setting.batchId(),
      phase,
      counts: its.map(({ day, phase: _, tenant, route, leg, ...counts }) => {
        return { day, tenant, route, leg, counts };
      }),
    }));
  }
}
