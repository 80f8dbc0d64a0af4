import { longestSaid } from '../person-action.ts';

/** What an app said, as a trail can hold it: one that cannot be entered would stop all behind it. */
export function sayable(said: unknown, longest = longestSaid): string {
  return String(said ?? '')
    .slice(0, longest)
    .toWellFormed();
}
