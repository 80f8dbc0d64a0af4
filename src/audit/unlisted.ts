import { issuesOf, type OptionCheck, refuse, required } from '../core/option-checks.ts';

const anyIterator = [Symbol.iterator, Symbol.asyncIterator];

/** Whether a value can be gone through, at once or in time. A text is no list: its letters are no entries. */
export const isListed = (value: unknown, iterators: readonly symbol[] = anyIterator): boolean =>
  typeof value === 'object' && value !== null && iterators.some((by) => by in value);

/**
 * Refuses what is no list.
 *
 * @throws InvalidOptionsError that names it
 */
export function refuseUnlisted(
  subject: string,
  name: string,
  given: unknown,
  iterators: readonly symbol[] = anyIterator,
): void {
  const listed: OptionCheck = {
    test: (value) => isListed(value, iterators),
    must: 'be a list, or something else to iterate over',
  };
  refuse(subject, issuesOf({ [name]: given }, { [name]: required(listed) }));
}
