import { ownSubject } from '../core/call/own-subject.ts';
import type { ReplyView, Turn } from '../core/call/subject.ts';
import type { DeliveredExchange } from '../core/contracts/conversations.ts';
import { CutoverError } from '../core/errors.ts';
import { nearText } from '../core/redact/safe-redacted.ts';
import { givenText } from '../core/text/given-text.ts';
import { cutCodePoints, flatCopy, isBlank, roughCut, toStorable } from '../core/text/text.ts';

/** What is done to a turn before it is kept. */
export interface TurnPolicy {
  readonly redact: ((text: string) => string) | undefined;
  /** Unicode code points. */
  readonly maxChars: number;
}

/**
 * The turns of an exchange, each in memory of its own.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` when the reply has no text or an empty one, or the subject is another tenant's by
 * now
 */
export function exchangeTurns(
  exchange: DeliveredExchange,
  view: ReplyView | undefined,
  at: number,
): Turn[] {
  const { leg } = exchange;
  const texts = [ownSubject(exchange).task, view?.text];
  if (texts.some((text) => typeof text !== 'string') || isBlank(view?.text as string)) {
    throw new CutoverError(
      'ERR_CUTOVER_CONTAINED',
      'The exchange has no texts that a conversation could keep: `identify` names no task, or `view` gave no text, or an empty one.',
    );
  }
  const [task, text] = texts as [string, string];
  return [
    { role: 'user', text: flatCopy(task), leg, at },
    { role: 'assistant', text: flatCopy(text), leg, at },
  ];
}

/** The same turns as they may be kept: redacted, cut, and with nothing that a database does not take. */
export function keptTurns(turns: readonly Turn[], { redact, maxChars }: TurnPolicy): Turn[] {
  return turns.map((turn) => {
    const near = redact === undefined ? roughCut : nearText;
    const storable = toStorable(near(turn.text, maxChars));
    const redacted = redact === undefined ? storable : givenText(redact(storable), 'redact');
    return { ...turn, text: flatCopy(cutCodePoints(toStorable(redacted), maxChars)) };
  });
}
