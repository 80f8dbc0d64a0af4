import { AsyncResource } from 'node:async_hooks';
import type { CallContext } from '../../core/call/call-context.ts';
import type { ReportedFacts, Subject, Turn } from '../../core/call/subject.ts';
import { CutoverError } from '../../core/errors.ts';
import { Call, type Caller } from '../call.ts';
import type { Chosen } from '../decide.ts';
import { historyOf } from '../offer/history.ts';
import type { Route } from '../route/route.ts';
import { Aborting } from './aborting.ts';
import type { Expiring } from './deadlines.ts';

/**
 * How far a served candidate is: only an open run can be superseded, only an open one can commit. While its reply flows, its
 * signal still follows the caller's.
 */
export type RunState = 'open' | 'committed' | 'superseded' | 'flowing' | 'settled';

/** A call that the candidate answers; it is the candidate's context itself. */
export class CandidateCall extends Call implements CallContext, Expiring<CandidateCall> {
  declare run: RunState;
  declare resolve: (reply: unknown) => void;
  declare reject: (reason: unknown) => void;
  declare slot: number;
  declare link: Expiring<CandidateCall>['link'];
  declare scope: AsyncResource | undefined;
  declare aborting: Aborting | undefined;
  /** Cancels a stream whose first chunk is waited for; set for such a one alone. */
  declare abandon?: (() => void) | undefined;

  constructor(
    owner: Route,
    chosen: Chosen,
    tenant: string,
    subject: Subject,
    self: unknown,
    args: unknown[],
    init: Caller | undefined,
  ) {
    super(owner, chosen, tenant, subject, self, args, init);
    this.run = 'open';
    this.resolve = ignore;
    this.reject = ignore;
    this.slot = 0;
    this.link = undefined;
    this.scope = undefined;
    this.aborting = undefined;
  }

  get mirrored(): boolean {
    return false;
  }

  get signal(): AbortSignal {
    this.#keepScope();
    this.aborting ??= new Aborting(
      this.run === 'settled' || this.run === 'superseded' ? undefined : this.init?.signal,
    );
    return this.aborting.signal;
  }

  override streamEnded(): void {
    if (this.run === 'flowing') this.run = 'settled';
    this.aborting?.unfollow();
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
    this.#keepScope();
    this.facts = { ...this.facts, ...facts };
  }

  history(limit?: number): Promise<readonly Turn[]> {
    this.#keepScope();
    // Once the call is answered, its own exchange belongs to the conversation.
    const isAnswered = this.run === 'superseded' || this.run === 'settled';
    return historyOf(this, limit, isAnswered ? this.begun : undefined);
  }

  /**
   * Keeps the caller's async context, for what follows a deadline. Only when the candidate turns to its context: a resource
   * for every call would cost half as much as serving it.
   */
  #keepScope(): void {
    if (this.run === 'open') this.scope ??= new AsyncResource('engramia-cutover.call');
  }

  /** Aborts the candidate's signal, also one that is asked for later. */
  abort(reason: unknown): void {
    this.aborting ??= new Aborting(undefined);
    this.aborting.abort(reason);
  }
}

function ignore(): void {}
