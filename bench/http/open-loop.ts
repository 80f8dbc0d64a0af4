import { setTimeout } from 'node:timers/promises';
import type { Connection } from './connection.ts';

/** What is asked, and how often. */
export interface OpenLoopOptions {
  readonly requests: number;
  readonly perSecond: number;
  readonly requestOf: (index: number) => string;
}

/**
 * Milliseconds from the beginning to each request, the same in every block: at random, as those of users who know nothing of
 * one another, so that some come while the work that others left behind is being done. Timers round them to a millisecond.
 */
export function arrivals(count: number, perSecond: number): number[] {
  let seed = 1;
  let at = 0;
  return Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    at -= (Math.log(1 - seed / 2 ** 32) * 1000) / perSecond;
    return at;
  });
}

/** Puts requests to a server that does not set their pace. Milliseconds of each, with its wait for a connection. */
export async function openLoop(
  users: readonly Connection[],
  { requests, perSecond, requestOf }: OpenLoopOptions,
): Promise<number[]> {
  const free = [...users];
  const waiting: ((user: Connection) => void)[] = [];
  const ask = async (index: number): Promise<number> => {
    const arrivedAt = performance.now();
    const user = free.pop() ?? (await new Promise<Connection>((resolve) => waiting.push(resolve)));
    await user.ask(requestOf(index));
    const waitedMs = performance.now() - arrivedAt;
    const next = waiting.shift();
    if (next === undefined) free.push(user);
    else next(user);
    return waitedMs;
  };
  const asked: Promise<number>[] = [];
  const startedAt = performance.now();
  for (const [index, dueMs] of arrivals(requests, perSecond).entries()) {
    const leftMs = startedAt + dueMs - performance.now();
    if (leftMs > 0) await setTimeout(leftMs);
    const answered = ask(index);
    answered.catch(() => undefined); // told at the end
    asked.push(answered);
  }
  return Promise.all(asked);
}
