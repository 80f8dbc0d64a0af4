import { attempt } from '../attempt.ts';
import { isError } from '../is-error.ts';
import { isWord } from '../text/word.ts';

/** An error without its message, which may hold anything; the error itself is the non-enumerable `cause`. */
export interface ErrorFacts {
  readonly name: string;
  readonly code?: string;
  readonly status?: number;
  /** The very value that was thrown. Not enumerable, so that printing the event does not print it. */
  readonly cause: unknown;
}

/** Takes from a thrown value what may be told. Never throws, whatever was thrown. */
export function errorFacts(cause: unknown): ErrorFacts {
  const field = (name: string): unknown =>
    attempt(() => (cause as Readonly<Record<string, unknown>> | null | undefined)?.[name]);
  const name = attempt(() => isError(cause)) ? field('name') : undefined;
  const facts: { name: string; code?: string; status?: number } = {
    name: isWord(name) ? name : typeof cause,
  };
  const [code, status] = [field('code'), field('status')];
  if (isWord(code)) facts.code = code;
  // JSON has no word for a number that is none, and no trail can hold one.
  if (Number.isFinite(status)) facts.status = status as number;
  return Object.defineProperty(facts, 'cause', { value: cause }) as unknown as ErrorFacts;
}
