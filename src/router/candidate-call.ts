import type { CallContext } from '../core/call-context.ts';
import { CutoverError } from '../core/errors.ts';
import type { ReportedFacts, Turn } from '../core/subject.ts';
import { Call } from './call.ts';
import type { Expiring } from './deadlines.ts';
import { historyOf } from './history.ts';
import { candidateIsLate } from './serve-candidate.ts';

/** How far a served candidate is: only an open run can be superseded, only an open one can commit. */
export type RunState = 'open' | 'committed' | 'superseded' | 'settled';

/** A call that the candidate answers; it is the candidate's context itself. */
export class CandidateCall extends Call implements CallContext, Expiring {
  readonly mirrored = false;
  run: RunState = 'open';
  resolve: (reply: unknown) => void = ignore;
  reject: (reason: unknown) => void = ignore;
  previous: Expiring | undefined = undefined;
  next: Expiring | undefined = undefined;
  deadlineAt = 0;
  #controller: AbortController | undefined = undefined;
  #abortReason: unknown = undefined;
  #unfollow: (() => void) | undefined = undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
      else if (this.run !== 'settled') this.#followCaller();
    }
    return this.#controller.signal;
  }

  commit(): void {
    if (this.run === 'superseded') {
      throw new CutoverError(
        'ERR_CUTOVER_SUPERSEDED',
        `Call ${this.requestId} of route "${this.route}" is already being answered by legacy: do not act.`,
      );
    }
    if (this.run === 'open') this.run = 'committed';
  }

  report(facts: ReportedFacts): void {
    this.facts = { ...this.facts, ...facts };
  }

  history(limit?: number): Promise<readonly Turn[]> {
    return historyOf(this, limit);
  }

  expire(): void {
    candidateIsLate(this);
  }

  /** Aborts the candidate's signal, also one that is asked for later. */
  abort(reason: unknown): void {
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  /** Lets go of the caller's signal: a long-lived one must not collect listeners. */
  unfollow(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #followCaller(): void {
    const signal = this.init?.signal;
    if (signal === undefined) return;
    const abort = (): void => this.abort(signal.reason);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    this.#unfollow = () => signal.removeEventListener('abort', abort);
  }
}

function ignore(): void {}
