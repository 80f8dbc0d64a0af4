/**
 * Lets the event loop turn: what comes from memory, or from an embedded database, comes without a turn of its own. A process that
 * has nothing else to do goes on: one that waits for its next request would leave the work until then.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Works a list off in pieces, others getting their turn in between. */
export async function inPieces<T>(
  list: readonly T[],
  size: number,
  work: (piece: readonly T[], place: number) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < list.length; at += size) {
    if (at > 0) await nextTurn();
    await work(list.slice(at, at + size), at / size);
  }
}
