import type { ServedExchange, TaskWaiter } from '../core/exchange.ts';
import type { LearnTarget, Lesson } from '../core/learner.ts';
import type { Leg, Stage } from '../core/stage.ts';
import type { Scope } from './scope.ts';

/** One lesson on its way: what is left of the exchange, and what has been tried. */
export class LearnTask {
  readonly route: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly stage: Stage;
  readonly leg: Leg;
  readonly lesson: Lesson;
  readonly target: LearnTarget;
  readonly scope: Scope;
  /** Whether it asks if a full scope has room again. */
  readonly isProbe: boolean;
  /** With it the whole exchange stays in memory. */
  readonly waiter: TaskWaiter | undefined;
  attempts = 0;
  /** When it was first sent, wall time. */
  sentAt = 0;
  /** Sent, and no answer yet. */
  isOnItsWay = false;
  /** Perhaps stored by an earlier attempt. */
  isPerhapsStored = false;
  /** Whether the one retry of what is perhaps stored has been used. */
  isRetried = false;
  /** What went wrong last. */
  error: unknown = undefined;

  constructor(
    exchange: ServedExchange,
    lesson: Lesson,
    target: LearnTarget,
    scope: Scope,
    isProbe: boolean,
  ) {
    this.route = exchange.route;
    this.requestId = exchange.requestId;
    this.tenant = exchange.tenant;
    this.stage = exchange.stage;
    this.leg = exchange.leg;
    this.lesson = lesson;
    this.target = target;
    this.scope = scope;
    this.isProbe = isProbe;
    this.waiter = exchange.waiter;
  }
}
