import { CutoverError } from '../../core/errors.ts';
import type { Leaf } from '../turns/leaf.ts';
import type { Company, RunHandle } from '../work.ts';
import type { Account } from './tenants.ts';

/**
 * Where a task is. A `lost` one has been counted, but its work goes on and holds its slot; an `ended` one holds nothing.
 */
export type TaskState = 'preparing' | 'waiting' | 'running' | 'lost' | 'ended';

const interruptions = {
  deadline: ['ERR_CUTOVER_DEADLINE', 'The background task ran past its deadline.'],
  closed: ['ERR_CUTOVER_CLOSED', 'The lane was closed before the background task had ended.'],
} as const;

/** Why a run was told to stop. */
export type Interruption = keyof typeof interruptions;

/** One task of a lane: also the node of the lists it waits in, so that a task costs one object. */
export class Task<Item, Ready> implements RunHandle {
  // Declared here and set in the constructor: class fields cost three times as much per object.
  declare state: TaskState;
  /** The item; once prepared, what was made of it; nothing when those who want to know have been told. */
  declare what: Item | Ready | undefined;
  declare readonly account: Account<Task<Item, Ready>>;
  /** Bytes charged to the lane for it. */
  declare bytes: number;
  /** When it was offered, on the monotonic clock. */
  declare readonly since: number;

  /** The queue it waits in or was started from. */
  declare leaf: Leaf<Task<Item, Ready>> | undefined;
  /** Its neighbours in that queue, or among those that are worked on. */
  declare before: Task<Item, Ready> | undefined;
  declare behind: Task<Item, Ready> | undefined;

  /** What it adds to a bundle. */
  declare load: number;
  /** With whom alone it may be in a bundle; undefined: with all who may be with all. */
  declare company: Company | undefined;

  /** When it was begun, on the monotonic clock. */
  declare at: number;

  /** Who was told to stop, or why whoever asks later is. Belongs to the task alone. */
  declare abort: AbortController | Interruption | undefined;

  constructor(item: Item, account: Account<Task<Item, Ready>>, bytes: number, since: number) {
    this.state = 'preparing';
    this.what = item;
    this.account = account;
    this.bytes = bytes;
    this.since = since;
    this.leaf = undefined;
    this.before = undefined;
    this.behind = undefined;
    this.load = 0;
    this.company = undefined;
    this.at = 0;
    this.abort = undefined;
  }

  get over(): boolean {
    return this.state === 'lost' || this.state === 'ended';
  }

  get signal(): AbortSignal {
    if (this.abort instanceof AbortController) return this.abort.signal;
    const interruption = this.abort;
    this.abort = new AbortController();
    if (interruption !== undefined) this.interrupt(interruption);
    return this.abort.signal;
  }

  interrupt(why: Interruption): void {
    if (this.abort instanceof AbortController) {
      const [code, message] = interruptions[why];
      this.abort.abort(new CutoverError(code, message));
    } else {
      this.abort = why;
    }
  }
}
