import { type OptionCheck, oneOf } from '../core/option-checks.ts';
import { Engine } from './engine/engine.ts';
import type { EngineRequest, EngineResponse } from './engine/message.ts';
import type { RateLimits } from './engine/rate-limits.ts';
import type { Ailment, State } from './engine/state.ts';
import { RequestLog } from './request-log.ts';

/**
 * How the fake is down.
 *
 * - `refuse`: connections are refused; nothing arrives.
 * - `hang`: requests arrive, nothing is done, nothing is ever answered.
 * - `reset`: requests arrive and are **done**, then the connection breaks without an answer, as in a crash.
 * - `error`: every endpoint answers 500 as plain text, and nothing is done.
 * - `embeddings`: learns and recalls answer 500 although what was learned is **stored**.
 * - `maintenance`: 503 with `Retry-After: 3600`, except for the two health paths.
 */
export type Outage = 'refuse' | 'hang' | 'reset' | 'error' | 'embeddings' | 'maintenance';

/** What becomes of a request. */
export type Delivery =
  | { readonly kind: 'answered'; readonly response: EngineResponse }
  | { readonly kind: 'refused' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'unanswered' };

const ailments: Readonly<Record<Outage, Ailment>> = {
  refuse: 'none',
  hang: 'none',
  reset: 'none',
  error: 'error',
  embeddings: 'embeddings',
  maintenance: 'maintenance',
};

/** The rule for how the fake is down. */
export const outageCheck: OptionCheck = oneOf(...Object.keys(ailments));

/** The engine with a network in front of it that can be slow or broken: what all fronts share. */
export class Emulator {
  readonly state: State;
  readonly log = new RequestLog();
  latencyMs = 0;
  readonly #engine: Engine;
  #outage: Outage | undefined;

  constructor(state: State, limits: RateLimits | false | undefined) {
    this.state = state;
    this.#engine = new Engine(state, limits);
  }

  get outage(): Outage | undefined {
    return this.#outage;
  }

  set outage(outage: Outage | undefined) {
    this.#outage = outage;
    this.state.ailment = outage === undefined ? 'none' : ailments[outage];
  }

  /** Takes a request. The work is done at once, the answer comes after the latency. */
  async deliver(request: EngineRequest): Promise<Delivery> {
    const outage = this.#outage;
    if (outage === 'refuse') return { kind: 'refused' };
    const answered = this.log.arrived(request, this.state);
    if (outage === 'hang') return { kind: 'unanswered' };
    const response = this.#engine.handle(request);
    // Without a latency nothing is awaited, so that no two calls overlap by chance.
    if (this.latencyMs > 0) await this.#latency();
    response.settle?.();
    if (outage === 'reset') return { kind: 'reset' };
    answered(response.status);
    return { kind: 'answered', response };
  }

  #latency(): Promise<void> {
    const { clock } = this.state.settings;
    return new Promise((resolve) => {
      clock.setTimeout(resolve, this.latencyMs);
    });
  }
}
