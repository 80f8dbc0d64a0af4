import { attempt, disregard } from '../core/attempt.ts';
import type { RampListener } from '../core/contracts/ramp-listener.ts';
import type { RolloutState } from '../core/contracts/rollout-state.ts';
import type { Store } from '../core/contracts/store.ts';
import { inRootScope } from '../core/root-scope.ts';
import type { GateOutcome, GateReading } from './gates/gate.ts';
import { within } from './within.ts';

/** States that wait to be told at most: of more, the newest are told. */
const mostWaiting = 100;

/** Entries of the trail's end among which the reason of a version is looked for. */
const lookBack = 500;

/** What one listener has heard of the gates of a step. */
interface Heard {
  since: number;
  readonly outcomes: Map<string, GateOutcome>;
}

/** Tells listeners where the ramp stands and what its gates say. Reads and makes nothing where nobody wants it. */
export class RampNews {
  readonly #store: Store;
  readonly #rollout: string;
  readonly #listeners = new Map<RampListener, Heard>();
  #waiting: RolloutState[] = [];
  #telling: Promise<void> | undefined;

  constructor(store: Store, rollout: string) {
    this.#store = store;
    this.#rollout = rollout;
  }

  onRamp(listener: RampListener): Disposable {
    this.#listeners.set(listener, { since: Number.NaN, outcomes: new Map() });
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** A newer state is obeyed here. */
  stage(state: RolloutState): void {
    if (![...this.#listeners.keys()].some((listener) => wants(listener, 'stage'))) return;
    this.#waiting.push(state);
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    this.#telling ??= inRootScope(() => this.#tell());
  }

  /** Resolves when what has happened so far is told, 10 s later at most: a store that is silent gives no reasons. */
  async told(): Promise<void> {
    await within(this.#telling).catch(() => undefined);
  }

  /** The gates were asked. */
  gates(readings: readonly GateReading[], { version, since }: RolloutState): void {
    for (const [listener, heard] of this.#listeners) {
      // A look that took long may end after the next step was looked at.
      if (since < heard.since || !wants(listener, 'gate')) continue;
      if (heard.since !== since) heard.outcomes.clear();
      heard.since = since;
      for (const { gate: name, outcome, says: sentence } of readings) {
        if (heard.outcomes.get(name) === outcome) continue;
        heard.outcomes.set(name, outcome);
        const rollout = this.#rollout;
        disregard(attempt(() => listener.gate({ rollout, version, name, outcome, sentence })));
      }
    }
  }

  close(): void {
    this.#listeners.clear();
    this.#waiting = [];
  }

  /** One after the other, so that versions are told in their order. */
  async #tell(): Promise<void> {
    for (let state = this.#waiting.shift(); state !== undefined; state = this.#waiting.shift()) {
      const { version, from, to, percent, status, actor } = state;
      const reason = await this.#reasonOf(state);
      const event = { rollout: this.#rollout, version, from, to, percent, status, actor, reason };
      for (const listener of this.#listeners.keys()) {
        if (wants(listener, 'stage')) disregard(attempt(() => listener.stage(event)));
      }
    }
    this.#telling = undefined;
  }

  async #reasonOf({ version, why = '' }: RolloutState): Promise<string> {
    try {
      return (await within(this.#reasonAfter(version - 1))) ?? why;
    } catch {
      return why;
    }
  }

  /** Why the version was left, as the entry says that took it further. */
  async #reasonAfter(version: number): Promise<string | undefined> {
    const { head } = await this.#store.rollout(this.#rollout);
    for await (const entry of this.#store.audit(
      this.#rollout,
      Math.max(0, head.length - lookBack),
    )) {
      const { on } = (entry.evidence ?? {}) as { on?: unknown };
      if (on === version && entry.after !== undefined) return entry.reason;
    }
    return undefined;
  }
}

const wants = (listener: RampListener, type: 'stage' | 'gate'): boolean =>
  attempt(() => listener.wants(type)) === true;
