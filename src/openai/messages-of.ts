import type { Turn } from '../core/call/subject.ts';
import { isBlank } from '../core/text/text.ts';

/** A message as the service takes it. */
export interface SaidMessage {
  readonly role: Turn['role'];
  readonly content: string;
}

/** Turns as messages. One that says nothing is refused, and the whole request with it. */
export const messagesOf = (turns: readonly Turn[]): SaidMessage[] =>
  turns.filter(({ text }) => !isBlank(text)).map(({ role, text }) => ({ role, content: text }));
