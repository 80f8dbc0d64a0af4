import { AsyncResource } from 'node:async_hooks';
import type { Turn } from '../core/call/subject.ts';
import type {
  ConversationStats,
  Conversations,
  DeliveredExchange,
  HandBack,
  HistoryQuestion,
} from '../core/contracts/conversations.ts';
import type { TaskWaiter } from '../core/contracts/exchange.ts';
import type { Transcript, TurnRange } from '../core/contracts/transcript.ts';
import { CutoverError } from '../core/errors.ts';
import type { Reporter } from '../core/events/events.ts';
import type { Clock } from '../core/time/clock.ts';
import { HandBackQueue } from './hand-back-queue.ts';
import { Moments } from './moments.ts';
import { Recorder } from './recorder.ts';
import { threadKey } from './thread-key.ts';
import { within } from './within.ts';

/** Conversations as their owner sees them. */
export interface OwnedConversations extends Conversations {
  readonly stats: ConversationStats;
  /** Exchanges that are not recorded and handed back yet. */
  readonly pending: number;
  /** Takes nothing more, and loses no time with what there is. */
  close(): void;
  /** Counts what is left and lets go of it. */
  abort(): void;
}

/** What conversations are kept in, and whom they tell. */
export interface ConversationsSetup {
  /** Undefined: they are handed back alone. */
  readonly transcript: Transcript | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly reporter: Reporter;
  readonly warn: (code: string, message: string) => void;
  /** Told when less is pending. */
  readonly idle: () => void;
}

/** Milliseconds that a leg waits for its conversation. */
const historyMs = 5000;

const nothing: readonly Turn[] = Object.freeze([]);

const returns = (
  exchange: DeliveredExchange,
): exchange is DeliveredExchange & { readonly handBack: HandBack } =>
  exchange.handBack !== undefined;

const isTurn = (value: Partial<Turn> | null | undefined): value is Turn =>
  typeof value?.text === 'string' && (value.role === 'user' || value.role === 'assistant');

/** What a transcript gave, held to what was asked for: a leg relies on it, whoever wrote the transcript. */
function turnsIn(answer: unknown, limit: number = Number.POSITIVE_INFINITY): readonly Turn[] {
  if (Array.isArray(answer) && answer.every(isTurn)) {
    return answer.length <= limit ? answer : answer.slice(answer.length - limit);
  }
  throw new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    'The transcript gave no turns of a conversation.',
  );
}

/** What is left to be done for one exchange. It knows nothing of the exchange: a reply is let go of once it is read. */
class Ticket {
  readonly #waiter: TaskWaiter | undefined;
  #left = 0;

  constructor(waiter: TaskWaiter | undefined) {
    this.#waiter = waiter;
  }

  begun(): void {
    this.#left += 1;
  }

  readonly ended = (): void => {
    this.#left -= 1;
    if (this.#left === 0) this.#waiter?.taskEnded();
  };
}

class KeptConversations implements OwnedConversations {
  readonly #setup: ConversationsSetup;
  readonly #moments: Moments;
  readonly #recorder: Recorder;
  readonly #handBack: HandBackQueue;

  constructor(setup: ConversationsSetup) {
    this.#setup = setup;
    this.#moments = new Moments(setup.clock);
    this.#handBack = new HandBackQueue(setup);
    this.#recorder = new Recorder(setup);
  }

  get stats(): ConversationStats {
    return { recorded: this.#recorder.counts, handedBack: this.#handBack.counts };
  }

  get pending(): number {
    return this.#recorder.pending + this.#handBack.pending;
  }

  moment(tenant: string, conversation: string): number {
    return this.#moments.now(threadKey(tenant, conversation));
  }

  deliver(exchange: DeliveredExchange): boolean {
    const key = threadKey(exchange.tenant, exchange.conversation);
    const ticket = new Ticket(exchange.waiter);
    const read = returns(exchange) ? this.#returning(key, exchange, ticket) : undefined;
    const moment = this.#moments.give(key);
    ticket.begun();
    if (this.#recorder.offer({ key, moment, exchange, read, done: ticket.ended })) return true;
    // What cannot even be read cannot be handed back, and nobody is to wait for it.
    if (read !== undefined) this.#lose(key, read);
    return false;
  }

  leave(exchange: DeliveredExchange, why: 'cut' | 'unreadable'): void {
    this.#recorder.leave(why);
    if (why === 'cut' || !returns(exchange)) return;
    const key = threadKey(exchange.tenant, exchange.conversation);
    this.#lose(key, this.#returning(key, exchange, new Ticket(undefined)));
  }

  /** Tells that an exchange is lost, once those ahead of it have been read. */
  #lose(key: string, read: (turns: undefined) => void): void {
    const ahead = this.#recorder.settled(key);
    if (ahead === undefined) read(undefined);
    else void ahead.then(() => read(undefined));
  }

  async history({ route, tenant, conversation, limit, before }: HistoryQuestion) {
    const { transcript, clock, reporter } = this.#setup;
    if (transcript === undefined) return nothing;
    const range: TurnRange = {
      ...(limit === undefined ? {} : { limit }),
      ...(before === undefined ? {} : { before }),
    };
    const read = async (): Promise<readonly Turn[]> => {
      await this.#recorder.settled(threadKey(tenant, conversation));
      return transcript.history(tenant, conversation, range);
    };
    try {
      const answer = await within(read(), historyMs, clock, 'Reading a conversation');
      return turnsIn(answer, limit);
    } catch (error) {
      reporter.contained('history', error, { route, tenant });
      return nothing;
    }
  }

  /** What follows the reading of an exchange, in the async context of its call. */
  #returning(
    key: string,
    exchange: DeliveredExchange & { readonly handBack: HandBack },
    ticket: Ticket,
  ): (turns: readonly Turn[] | undefined) => void {
    const scope = new AsyncResource('engramia-cutover.handBack');
    return (turns) => {
      if (this.#handBack.offer({ key, exchange, scope, turns, done: ticket.ended })) ticket.begun();
    };
  }

  close(): void {
    this.#recorder.close();
    this.#handBack.hurry();
  }

  abort(): void {
    this.#recorder.abort();
    this.#handBack.abort();
  }
}

/** Makes what keeps the conversations of a cutover, and carries them back. */
export function createConversations(setup: ConversationsSetup): OwnedConversations {
  return new KeptConversations(setup);
}
