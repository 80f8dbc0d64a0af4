import type { Turn } from '../call/subject.ts';

/** One exchange of a conversation as it was served: what a transcript keeps. Plain data. */
export interface ServedTurns {
  readonly tenant: string;
  readonly conversation: string;
  /** The call's own; one that an app has given may name calls of other processes and times, and tries of one job, as well. */
  readonly requestId: string;
  /**
   * When it was answered: whole milliseconds since the epoch, the `at` of each of its turns. One process gives no two
   * exchanges of a conversation the same.
   */
  readonly at: number;
  /**
   * The same by the clock, where `at` is ahead of it: of exchanges that were answered in one millisecond, and after the clock was
   * set back. An erasure goes by it. @default at
   */
  readonly answeredAt?: number;
  /** The user's turn, then the assistant's. */
  readonly turns: readonly Turn[];
}

/** When an exchange was answered. */
export type Moment = Pick<ServedTurns, 'at' | 'answeredAt'>;

/** Which turns of a conversation are wanted. */
export interface TurnRange {
  /** At most so many, the latest ones. @default all that are kept */
  readonly limit?: number;
  /** Only turns whose `at` is lower: those answered before that moment. @default all */
  readonly before?: number;
}

/**
 * Served turns per tenant and conversation. Tenants and conversations are any texts, and only equal ones are the same. Called
 * off the users' path but for `history`; what a method rejects with is contained.
 */
export interface Transcript {
  /** Takes personal data and secrets out of a turn before it is appended. @default turns are kept as they were served */
  readonly redact?: ((text: string) => string) | undefined;
  /** Unicode code points of a turn that are kept. @default 8_000 */
  readonly maxTurnChars?: number | undefined;
  /**
   * Adds one exchange, in its place by `at`. Resolves when `history` shows it. Appended again under its `requestId` and moment it
   * changes nothing. What was answered before an erasure that concerns it, or in its millisecond, may come after it, and is not kept.
   */
  append(served: ServedTurns): PromiseLike<void>;
  /** The latest turns of the range, oldest first; those of one exchange together. */
  history(tenant: string, conversation: string, range?: TurnRange): PromiseLike<readonly Turn[]>;
  /** Forgets a conversation, or all of a tenant. */
  erase(tenant: string, conversation?: string): PromiseLike<void>;
}
