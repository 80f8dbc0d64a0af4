import type { Turn } from '../core/call/subject.ts';
import {
  type DeliveredExchange,
  noConversations,
  type RecordedCounts,
} from '../core/contracts/conversations.ts';
import type { Moment, Transcript } from '../core/contracts/transcript.ts';
import { CutoverError } from '../core/errors.ts';
import type { Operation, Reporter } from '../core/events/events.ts';
import type { Clock } from '../core/time/clock.ts';
import { backOff, type Tries } from './back-off.ts';
import { exchangeTurns, keptTurns, type TurnPolicy } from './exchange-turns.ts';
import { OrderedQueue, type Queued } from './ordered-queue.ts';
import { bytesHeld, bytesOf, bytesOfIds } from './turn-bytes.ts';
import { within } from './within.ts';

/** An exchange on its way into the transcript. */
interface Recording extends Queued {
  /** Let go of once it is read. */
  unread: Pick<ToRecord, 'exchange' | 'read'> | undefined;
  readonly ids: Pick<DeliveredExchange, 'route' | 'tenant' | 'conversation' | 'requestId'>;
  readonly moment: Moment;
  kept: readonly Turn[];
  failures: number;
  /** Told once, when nothing is left to be done. */
  readonly done: () => void;
}

/** What recording needs of its surroundings. */
export interface RecorderSetup {
  /** Undefined: exchanges are read to be handed back, and kept nowhere. */
  readonly transcript: Transcript | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly reporter: Reporter;
  /** Told when less is pending. */
  readonly idle: () => void;
}

/** An exchange to be recorded. */
export interface ToRecord {
  readonly key: string;
  readonly moment: Moment;
  readonly exchange: DeliveredExchange;
  /** Told once, in the order of the conversation, of the turns as they were served; undefined: they are lost. */
  readonly read: ((turns: readonly Turn[] | undefined) => void) | undefined;
  /** Told once, when nothing is left to be done, if it was taken. */
  readonly done: () => void;
}

type Counted = Exclude<keyof RecordedCounts, 'offered' | 'pending'>;

const bounds = { maxCount: 1000, maxBytes: 16 * 1_048_576, concurrency: 8, tenantShare: 0.25 };

/** Appended twice it is there once. Not for long, since the next call of the conversation may be waiting. */
const tries: Tries = { most: 3, baseMs: 100, maxMs: 1000 };

/** Milliseconds that reading a reply, or one append, may take. */
const stepMs = 5000;

const defaultMaxChars = 8000;

/** Reads what was served and appends it to the transcript, in the order of each conversation. */
export class Recorder {
  readonly #setup: RecorderSetup;
  readonly #policy: TurnPolicy;
  readonly #queue: OrderedQueue<Recording>;
  readonly #counts = { ...noConversations.recorded };
  #isClosed = false;
  #isAborted = false;

  constructor(setup: RecorderSetup) {
    const { transcript } = setup;
    this.#setup = setup;
    this.#policy = {
      redact: transcript?.redact && ((text) => transcript.redact?.(text) as string),
      maxChars: transcript?.maxTurnChars ?? defaultMaxChars,
    };
    this.#queue = new OrderedQueue(bounds, setup, (item) => this.#record(item));
  }

  get counts(): RecordedCounts {
    const pending = this.#setup.transcript === undefined ? 0 : this.#queue.count;
    return { ...this.#counts, pending };
  }

  get pending(): number {
    return this.#queue.count;
  }

  /** False: it is lost, and nothing follows. */
  offer({ key, moment, exchange, read, done }: ToRecord): boolean {
    this.#countOffered();
    const { route, tenant, conversation, requestId } = exchange;
    const ids = { route, tenant, conversation, requestId };
    const unread = { exchange, read };
    const bytes = bytesHeld(exchange) + bytesOfIds(ids);
    const item = { key, tenant, bytes, unread, ids, moment, kept: [], failures: 0, done };
    if (!this.#isClosed && this.#queue.offer(item)) return true;
    this.#count('dropped');
    if (!this.#isClosed) this.#contained('history', noRoom(), ids);
    return false;
  }

  /** Counts an exchange that is no part of its conversation. */
  leave(why: 'cut' | 'unreadable'): void {
    this.#countOffered();
    this.#count(why);
  }

  /** Resolves when all that was offered of a conversation so far has been recorded or given up. */
  settled(key: string): Promise<void> | undefined {
    return this.#queue.settled(key);
  }

  /** Takes nothing more, and loses no time with what it has. */
  close(): void {
    this.#isClosed = true;
    this.#queue.hurry();
  }

  abort(): void {
    this.#isAborted = true;
    for (const { unread, done } of this.#queue.abort()) {
      this.#count('aborted');
      unread?.read?.(undefined);
      done();
    }
  }

  async #record(item: Recording): Promise<number | undefined> {
    const { unread } = item;
    if (unread !== undefined && !(await this.#read(item, unread))) return this.#end(item);
    const { transcript } = this.#setup;
    if (transcript === undefined) return this.#end(item);
    try {
      await this.#within(transcript.append({ ...item.ids, ...item.moment, turns: item.kept }));
      return this.#end(item, 'stored');
    } catch (error) {
      item.failures += 1;
      if (!this.#isAborted) this.#contained('history', error, item.ids);
      const ms = backOff(tries, item.failures, this.#setup.random);
      return ms ?? this.#end(item, 'failed');
    }
  }

  /** False: there is nothing to be appended. */
  async #read(item: Recording, { exchange, read }: Pick<ToRecord, 'exchange' | 'read'>) {
    let operation: Operation = 'view';
    let turns: Turn[] | undefined;
    try {
      const view = await this.#within(Promise.resolve(exchange.view(exchange.reply)));
      turns = exchangeTurns(exchange, view, item.moment.at);
      operation = 'history';
      if (this.#setup.transcript !== undefined) item.kept = keptTurns(turns, this.#policy);
    } catch (error) {
      if (this.#isAborted) return false;
      this.#count('unreadable');
      this.#contained(operation, error, item.ids);
    }
    if (this.#isAborted) return false;
    item.unread = undefined;
    read?.(turns);
    if (item.kept.length === 0) return false;
    if (this.#queue.charge(item, bytesOf(item.kept) + bytesOfIds(item.ids))) return true;
    this.#count('dropped');
    this.#contained('history', noRoom(), item.ids);
    return false;
  }

  #end(item: Recording, how?: 'stored' | 'failed'): undefined {
    if (this.#isAborted) return;
    if (how !== undefined) this.#count(how);
    item.done();
  }

  #within<T>(promised: PromiseLike<T>): Promise<T> {
    return within(promised, stepMs, this.#setup.clock, 'Keeping a turn');
  }

  #countOffered(): void {
    if (this.#setup.transcript !== undefined) this.#counts.offered += 1;
  }

  #count(how: Counted): void {
    if (this.#setup.transcript !== undefined) this.#counts[how] += 1;
  }

  #contained(operation: Operation, error: unknown, { route, tenant }: Recording['ids']): void {
    this.#setup.reporter.contained(operation, error, { route, tenant });
  }
}

function noRoom(): CutoverError {
  return new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    'There was no room for a turn of a conversation: the transcript takes fewer than are served.',
  );
}
