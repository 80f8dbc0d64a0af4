import type { CallContext } from '../core/call-context.ts';
import { CutoverError } from '../core/errors.ts';
import type { Leg, Stage } from '../core/stage.ts';
import type { ReportedFacts, Turn } from '../core/subject.ts';
import type { Call } from './call.ts';
import { historyOf } from './history.ts';

/** What a leg that runs in the shadow is told: it must not act, and it cannot claim that it will. */
export class MirrorContext implements CallContext {
  readonly mirrored = true;
  readonly signal: AbortSignal;
  facts: ReportedFacts | undefined = undefined;
  readonly #call: Call;

  constructor(call: Call, signal: AbortSignal) {
    this.#call = call;
    this.signal = signal;
  }

  get requestId(): string {
    return this.#call.requestId;
  }

  get tenant(): string {
    return this.#call.tenant;
  }

  get stage(): Stage {
    return this.#call.stage;
  }

  get leg(): Leg {
    return this.#call.mirroredLeg;
  }

  commit(): void {
    throw new CutoverError(
      'ERR_CUTOVER_SUPERSEDED',
      `A mirrored run of route "${this.#call.route}" cannot commit: its reply is thrown away, so it must not act.`,
    );
  }

  report(facts: ReportedFacts): void {
    this.facts = { ...this.facts, ...facts };
  }

  history(limit?: number): Promise<readonly Turn[]> {
    return historyOf(this.#call, limit);
  }
}
