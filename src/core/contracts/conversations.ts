import type { Subject, Turn } from '../call/subject.ts';
import type { Leg } from '../stage.ts';
import type { LearnPolicy, TaskWaiter } from './exchange.ts';

/** Carries turns to the old side. What it throws is contained, and it is called again. */
export type HandBack = (turns: readonly Turn[], subject: Subject) => PromiseLike<void>;

/** An exchange of a conversation whose reply was delivered whole: references only, nothing of it has been read. */
export interface DeliveredExchange {
  readonly route: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly conversation: string;
  readonly subject: Subject;
  /** The leg that answered. */
  readonly leg: Leg;
  readonly reply: unknown;
  readonly view: LearnPolicy['view'];
  /** Undefined: the old side has the turns already, or does not want them. */
  readonly handBack: HandBack | undefined;
  /** Told once, when nothing is left to be done; undefined: nobody waits. */
  readonly waiter: TaskWaiter | undefined;
}

/** Which turns a call asks for. */
export interface HistoryQuestion {
  readonly route: string;
  readonly tenant: string;
  readonly conversation: string;
  readonly limit: number | undefined;
  /** Only turns from before this moment; undefined: all. */
  readonly before: number | undefined;
}

/** Conversations as the router sees them. Nothing here throws or rejects. */
export interface Conversations {
  /** A moment after every exchange of the conversation that was delivered, and before every one that will be. */
  moment(tenant: string, conversation: string): number;
  /** Takes what was delivered. Synchronous. False: there is no room; counted and told. */
  deliver(exchange: DeliveredExchange): boolean;
  /** Counts an exchange that was not delivered whole, or cannot be read: it is no part of the conversation. */
  leave(exchange: DeliveredExchange, why: 'cut' | 'unreadable'): void;
  /** The turns that were served, those of calls answered before included; empty when they cannot be read in time. */
  history(question: HistoryQuestion): Promise<readonly Turn[]>;
}

/** What became of the exchanges that a transcript was to keep: `offered` is the sum of the others. */
export interface RecordedCounts {
  readonly offered: number;
  readonly stored: number;
  /** Cut short by the caller, so that nobody knows what was read of it. */
  readonly cut: number;
  /** Without a text: `view` gave none, or failed. */
  readonly unreadable: number;
  /** There was no room, or the cutover was closed. */
  readonly dropped: number;
  /** The transcript did not take it. */
  readonly failed: number;
  readonly aborted: number;
  readonly pending: number;
}

/** What became of the exchanges that were to be handed back: `offered` is the sum of the others. */
export interface HandedBackCounts {
  readonly offered: number;
  readonly done: number;
  /** Never handed back, nor any later one of their conversations. */
  readonly givenUp: number;
  readonly aborted: number;
  readonly pending: number;
}

/** What became of the exchanges of conversations. */
export interface ConversationStats {
  readonly recorded: RecordedCounts;
  readonly handedBack: HandedBackCounts;
}

/** The counts where nothing is kept and nothing handed back. */
export const noConversations: ConversationStats = Object.freeze({
  recorded: Object.freeze({
    offered: 0,
    stored: 0,
    cut: 0,
    unreadable: 0,
    dropped: 0,
    failed: 0,
    aborted: 0,
    pending: 0,
  }),
  handedBack: Object.freeze({ offered: 0, done: 0, givenUp: 0, aborted: 0, pending: 0 }),
});
