import type { LaneOptions } from '../../core/contracts/lane.ts';
import type { Filled } from '../../core/given-options.ts';
import type { Clock } from '../../core/time/clock.ts';
import { Gates } from '../turns/gates.ts';
import { Turns } from '../turns/turns.ts';
import { Waiting } from '../turns/waiting.ts';
import type { Gate, LaneWork } from '../work.ts';
import { Intake } from './intake.ts';
import type { Ledger } from './ledger.ts';
import { Task } from './task.ts';
import { Account } from './tenants.ts';
import { Timeline } from './timeline.ts';

/** What a lane's floor is laid with. */
export interface FloorSetup<Item, Ready> {
  readonly limits: Filled<LaneOptions>;
  readonly clock: Clock;
  readonly work: LaneWork<Item, Ready>;
  readonly ledger: Ledger<Item, Ready>;
  /** Called when something has ended that was awaited. */
  readonly onSettled: () => void;
  /** Asked by a slot that has become free: the time if it may go on at once; undefined: it is to be given up. */
  readonly goOn: () => number | undefined;
  /** Called when a slot has gone on to its next task. */
  readonly onWentOn: () => void;
}

/** Where the tasks of a lane stand: offered, waiting, or in somebody's hands. */
export class Floor<Item, Ready> {
  readonly intake = new Intake<Item, Ready>();
  readonly waiting: Waiting<Task<Item, Ready>>;
  /** Preparing or running, and not counted yet. */
  readonly active = new Timeline<Task<Item, Ready>>();
  readonly gates: Gates<Task<Item, Ready>>;
  readonly turns: Turns<Task<Item, Ready>>;
  readonly limits: Filled<LaneOptions>;
  readonly clock: Clock;
  readonly work: LaneWork<Item, Ready>;
  readonly ledger: Ledger<Item, Ready>;
  readonly onSettled: () => void;
  readonly goOn: () => number | undefined;
  readonly onWentOn: () => void;
  /** One that is kept: without any, what was compiled for them would be thrown away with the garbage. */
  readonly layout = new Task<Item, Ready>({} as Item, new Account(''), 1, 1);

  constructor({ limits, clock, work, ledger, onSettled, goOn, onWentOn }: FloorSetup<Item, Ready>) {
    this.gates = new Gates(limits.concurrency, clock);
    this.turns = new Turns(this.gates, clock);
    this.waiting = new Waiting(() => ledger.tenants.accounts);
    this.limits = limits;
    this.clock = clock;
    this.work = work;
    this.ledger = ledger;
    this.onSettled = onSettled;
    this.goOn = goOn;
    this.onWentOn = onWentOn;
  }

  /** Puts a task that was prepared at the end of its queue. */
  queue(task: Task<Item, Ready>, gate: Gate | undefined): void {
    task.state = 'waiting';
    this.waiting.enter(task);
    this.turns.add(task, gate, task.account.leaves);
  }

  /** Ends a task that has not begun to run. */
  endWaiting(task: Task<Item, Ready>, outcome: 'timedOut' | 'aborted'): void {
    // What is still in the intake waits in no queue.
    if (task.leaf !== undefined) this.stopWaiting(task);
    if (outcome === 'timedOut') this.ledger.expire(task);
    else this.ledger.end(task, outcome);
  }

  stopWaiting(task: Task<Item, Ready>): void {
    this.waiting.leave();
    this.turns.remove(task, task.account.leaves);
  }

  /** Counts a task as over although its work goes on. */
  lose(task: Task<Item, Ready>, why: 'deadline' | 'closed'): void {
    this.active.leave(task);
    this.ledger.lose(task, why === 'deadline' ? 'timedOut' : 'aborted');
    task.interrupt(why);
  }
}
