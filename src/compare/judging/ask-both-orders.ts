import type { Judge, JudgeInit } from '../../core/contracts/compare-options.ts';
import type { Leg } from '../../core/stage.ts';

/** The leg whose reply is better. */
export type Preference = Leg | 'tie';

/** What a judge makes of a pair once it was asked in both orders. */
export type Ruling =
  | { readonly preference: Preference; readonly flipped: boolean }
  | { readonly preference: undefined; readonly note: string };

/** The texts that a judge is asked about. */
export interface JudgedPair {
  readonly task: string;
  readonly legacy: string;
  readonly candidate: string;
}

function read(reply: unknown, order: readonly [Leg, Leg]): Preference | undefined {
  if (reply === 'tie') return 'tie';
  if (reply === 'first') return order[0];
  return reply === 'second' ? order[1] : undefined;
}

function silence(reply: unknown): Ruling {
  const { note } = (typeof reply === 'object' && reply !== null ? reply : {}) as { note?: unknown };
  return { preference: undefined, note: typeof note === 'string' ? note : 'judge-unreadable' };
}

/**
 * Asks in both orders, the second time only when the first was answered; an answer that flips is a tie. The order goes by
 * the texts, so that the same two texts give the same questions whichever leg wrote them.
 */
export async function askBothOrders(
  judge: Judge,
  { task, legacy, candidate }: JudgedPair,
  init: Omit<JudgeInit, 'turn'>,
): Promise<Ruling> {
  const order: readonly [Leg, Leg] =
    legacy <= candidate ? ['legacy', 'candidate'] : ['candidate', 'legacy'];
  const [first, second] = order[0] === 'legacy' ? [legacy, candidate] : [candidate, legacy];
  const opening = await judge({ task, first, second }, { ...init, turn: 1 });
  const before = read(opening, order);
  if (before === undefined) return silence(opening);
  const closing = await judge({ task, first: second, second: first }, { ...init, turn: 2 });
  const after = read(closing, [order[1], order[0]]);
  if (after === undefined) return silence(closing);
  return before === after
    ? { preference: before, flipped: false }
    : { preference: 'tie', flipped: true };
}
