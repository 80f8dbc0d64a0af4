import type { ServedExchange, TaskWaiter } from '../../core/contracts/exchange.ts';
import type { LearnTarget, Lesson } from '../../core/contracts/learner.ts';
import type { Leg, Stage } from '../../core/stage.ts';
import type { Bisection } from './bisection.ts';
import type { Channel } from './channel.ts';
import type { Scope } from './scope.ts';

/** Just enough of a channel for a task that is never sent. */
const nowhere = {
  kind: { keyOf: () => undefined, loadOf: () => 0 },
} as unknown as Channel;

/** One lesson on its way: what is left of the exchange, and what has been tried. */
export class LearnTask {
  /** One that is kept: without any, what was compiled for them would be thrown away with the garbage. */
  static readonly layout = LearnTask.#sent();

  static #sent(): LearnTask {
    const exchange = { route: '', requestId: '' } as ServedExchange;
    const [lesson, target] = [{} as Lesson, {} as LearnTarget];
    const task = new LearnTask(exchange, '', lesson, target, nowhere, false, Date.now());
    // Times are numbers of another kind to engines than 0: without one, it would be laid out unlike those that were sent.
    task.sentAt = task.at;
    return task;
  }

  // Declared here and set in the constructor: class fields cost three times as much per object.
  declare readonly route: string;
  declare readonly requestId: string;
  declare readonly tenant: string;
  declare readonly stage: Stage;
  declare readonly leg: Leg;
  declare readonly lesson: Lesson;
  declare readonly target: LearnTarget;
  declare readonly scope: Scope;
  declare readonly channel: Channel;
  /** The key under which it is stored; undefined: the service chooses one. */
  declare readonly key: string | undefined;
  /** When it was made, wall time; 0 where nobody is told of it. */
  declare readonly at: number;
  /** Bytes that it adds to a batch. */
  declare readonly load: number;
  /** Whether it asks if a full scope has room again. */
  declare readonly isProbe: boolean;
  /** With it the whole exchange stays in memory. */
  declare readonly waiter: TaskWaiter | undefined;
  declare attempts: number;
  /** When it was first sent, wall time. */
  declare sentAt: number;
  /** Sent, and no answer yet. */
  declare isOnItsWay: boolean;
  /** Attempts by which it was perhaps stored: nobody could tell. */
  declare doubts: number;
  /** The search that its batch is part of: there is a bad record in it. */
  declare bisection: Bisection | undefined;
  /** What went wrong last. */
  declare error: unknown;

  constructor(
    exchange: ServedExchange,
    tenant: string,
    lesson: Lesson,
    target: LearnTarget,
    channel: Channel,
    isProbe: boolean,
    at: number,
  ) {
    this.route = exchange.route;
    this.requestId = exchange.requestId;
    this.tenant = tenant;
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
    this.attempts = 0;
    this.sentAt = 0;
    this.isOnItsWay = false;
    this.doubts = 0;
    this.bisection = undefined;
    this.error = undefined;
  }
}
