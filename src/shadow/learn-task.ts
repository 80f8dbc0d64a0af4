import type { ServedExchange, TaskWaiter } from '../core/exchange.ts';
import type { LearnTarget, Lesson } from '../core/learner.ts';
import type { Leg, Stage } from '../core/stage.ts';
import type { Bisection } from './bisection.ts';
import type { Channel } from './channel.ts';
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
  readonly channel: Channel;
  /** The key under which it is stored; undefined: the service chooses one. */
  readonly key: string | undefined;
  /** When it was made, wall time. */
  readonly at: number;
  /** Bytes that it adds to a batch. */
  readonly load: number;
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
  /** The search that its batch is part of: there is a bad record in it. */
  bisection: Bisection | undefined = undefined;
  /** What went wrong last. */
  error: unknown = undefined;

  constructor(
    exchange: ServedExchange,
    lesson: Lesson,
    target: LearnTarget,
    channel: Channel,
    isProbe: boolean,
    at: number,
  ) {
    this.route = exchange.route;
    this.requestId = exchange.requestId;
    this.tenant = exchange.tenant;
    this.stage = exchange.stage;
    this.leg = exchange.leg;
    this.lesson = lesson;
    this.target = target;
    this.scope = channel.within;
    this.channel = channel;
    this.key = channel.kind.keyOf(target.scope, exchange, lesson);
    this.at = at;
    this.load = channel.kind.loadOf(lesson);
    this.isProbe = isProbe;
    this.waiter = exchange.waiter;
  }
}
