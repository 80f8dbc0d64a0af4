import type { AsyncResource } from 'node:async_hooks';
import type { Subject, Turn } from '../core/call/subject.ts';
import type {
  DeliveredExchange,
  HandBack,
  HandedBackCounts,
} from '../core/contracts/conversations.ts';
import { isCutoverError } from '../core/errors.ts';
import type { Reporter } from '../core/events/events.ts';
import type { Clock } from '../core/time/clock.ts';
import { backOff, type Tries } from './back-off.ts';
import { HandBackError } from './hand-back-error.ts';
import { OrderedQueue, type Queued } from './ordered-queue.ts';
import { bytesOf, bytesOfIds } from './turn-bytes.ts';
import { within } from './within.ts';

/** The turns of one exchange on their way to the old side. */
interface Returning extends Queued {
  readonly route: string;
  readonly conversation: string;
  readonly requestId: string;
  readonly subject: Subject;
  readonly turns: readonly Turn[];
  readonly handBack: HandBack;
  /** The caller's async context. */
  readonly scope: AsyncResource;
  failures: number;
  /** Told once, when nothing is left to be done. */
  readonly done: () => void;
}

type Lost = Pick<Returning, 'key' | 'route' | 'tenant' | 'conversation' | 'requestId'>;

/** What handing back needs of its surroundings. */
export interface HandBackSetup {
  readonly clock: Clock;
  readonly random: () => number;
  readonly reporter: Reporter;
  readonly warn: (code: string, message: string) => void;
  /** Told when less is pending. */
  readonly idle: () => void;
}

/** An exchange that is to be handed back, and the async context of its call. */
export interface ToReturn {
  readonly key: string;
  readonly exchange: DeliveredExchange & { readonly handBack: HandBack };
  readonly scope: AsyncResource;
  /** Undefined: they are lost, and with them the rest of the conversation. */
  readonly turns: readonly Turn[] | undefined;
  /** Told once, when nothing is left to be done, if it was taken. */
  readonly done: () => void;
}

const bounds = { maxCount: 1000, maxBytes: 16 * 1_048_576, concurrency: 4, tenantShare: 0.25 };

/** Two to three minutes as a rule, five at most: the old side may be away for as long as it takes to be started again. */
const tries: Tries = { most: 12, baseMs: 500, maxMs: 60_000 };

/** Milliseconds that one try may take; past it nobody knows whether it will yet arrive, so nothing may follow it. */
const tryMs = 30_000;

/** Conversations of which the old side lacks a turn. */
const mostBroken = 10_000;

/**
 * Carries turns to the old side: one exchange at a time of each conversation, in order, tried again. Once one is given up,
 * nothing of its conversation follows: the old side has a whole beginning, never one with a hole in it.
 */
export class HandBackQueue {
  readonly #setup: HandBackSetup;
  readonly #queue: OrderedQueue<Returning>;
  readonly #broken = new Set<string>();
  readonly #counts = { offered: 0, done: 0, givenUp: 0, aborted: 0 };
  #isAborted = false;
  /** So many are broken that nobody could remember which. */
  #allBroken = false;

  constructor(setup: HandBackSetup) {
    this.#setup = setup;
    this.#queue = new OrderedQueue(bounds, setup, (item) => this.#carry(item));
  }

  get counts(): HandedBackCounts {
    return { ...this.#counts, pending: this.#queue.count };
  }

  get pending(): number {
    return this.#queue.count;
  }

  /** False: it is given up. */
  offer({ key, exchange, scope, turns, done }: ToReturn): boolean {
    this.#counts.offered += 1;
    const { route, tenant, conversation, requestId, subject, handBack } = exchange;
    if (this.#isBroken(key)) {
      this.#counts.givenUp += 1;
      return false;
    }
    const ids = { key, tenant, route, conversation, requestId, subject };
    if (turns === undefined) return this.#giveUp(ids, 'an exchange could not be read or taken up');
    const bytes = bytesOf(turns) + bytesOfIds(ids);
    const item = { ...ids, bytes, turns, handBack, scope, failures: 0, done };
    return this.#queue.offer(item) || this.#giveUp(ids, 'there was no room for an exchange');
  }

  /** Loses no more time between two tries. */
  hurry(): void {
    this.#queue.hurry();
  }

  abort(): void {
    this.#isAborted = true;
    for (const item of this.#queue.abort()) {
      this.#counts.aborted += 1;
      item.done();
    }
  }

  async #carry(item: Returning): Promise<number | undefined> {
    const { turns, subject, handBack, scope } = item;
    try {
      const copies = turns.map((turn) => ({ ...turn }));
      const carried = scope.runInAsyncScope(async () => handBack(copies, subject));
      await within(carried, tryMs, this.#setup.clock, 'handBack()');
    } catch (error) {
      return this.#failed(item, error);
    }
    if (this.#isAborted) return undefined;
    this.#counts.done += 1;
    item.done();
    return undefined;
  }

  #failed(item: Returning, error: unknown): number | undefined {
    if (this.#isAborted) return undefined;
    const { route, tenant } = item;
    item.failures += 1;
    this.#setup.reporter.contained('handBack', error, { route, tenant });
    const isLate = isCutoverError(error) && error.code === 'ERR_CUTOVER_DEADLINE';
    const ms = isLate ? undefined : backOff(tries, item.failures, this.#setup.random);
    if (ms !== undefined) return ms;
    const why = isLate
      ? `handBack() took over ${tryMs} ms`
      : `handBack() failed ${tries.most} times`;
    this.#giveUp(item, why, error);
    const behind = this.#queue.clear(item.key);
    this.#counts.givenUp += behind.length;
    for (const { done } of [item, ...behind]) done();
    return undefined;
  }

  /** From now on nothing of the conversation is handed back but what is ahead of this exchange. */
  #giveUp(lost: Lost, why: string, cause?: unknown): false {
    const { key, route, tenant, conversation, requestId } = lost;
    this.#counts.givenUp += 1;
    if (this.#broken.size < mostBroken) this.#broken.add(key);
    else this.#allBroken = true;
    this.#setup.warn(
      'handBack.givenUp',
      `A conversation of route "${route}" is no longer handed back: ${why}. The old side lacks its turns from here on.`,
    );
    const error = new HandBackError(conversation, requestId, why, cause);
    this.#setup.reporter.contained('handBack', error, { route, tenant });
    return false;
  }

  #isBroken(key: string): boolean {
    return this.#allBroken || this.#broken.has(key);
  }
}
