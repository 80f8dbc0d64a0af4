import type { BenchCase } from './measure.ts';

/** A case that takes its users from a list of its own, one after the other, across rounds. */
export function callingAs(users: readonly string[], { call }: BenchCase): BenchCase {
  let next = 0;
  return {
    call(_user, text) {
      const user = users[next] as string;
      next = next + 1 === users.length ? 0 : next + 1;
      return call(user, text);
    },
  };
}
