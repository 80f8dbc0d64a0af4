import type { LaneStats } from 'engramia-cutover';

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Tasks for which a lane had no room. */
export function droppedOf({ dropped }: LaneStats): number {
  return sum(dropped);
}

/** Tasks that a lane has lost from its books: 0, if what it was offered and what became of it add up. */
export function uncounted(lane: LaneStats): number {
  const { offered, accepted, skipped, ok, unknown, failed, timedOut, aborted, pending } = lane;
  const takenUp = accepted + sum(skipped) + droppedOf(lane);
  const ended = sum(ok) + unknown + failed + timedOut + aborted + pending;
  return Math.abs(offered - takenUp) + Math.abs(accepted - ended);
}
