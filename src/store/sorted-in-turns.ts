import { inPieces, nextTurn } from '../core/pieces.ts';

/** What has a place in an order. */
interface Keyed {
  readonly key: string;
}

/** Values that are sorted, or merged, in one turn of the event loop. */
const atOnce = 4_000;

const byKey = (a: Keyed, b: Keyed): number => (a.key < b.key ? -1 : 1);

/** By their keys, others getting their turn in between: to sort half a million at once would hold the loop for a second. */
export async function sortedInTurns<T extends Keyed>(values: readonly T[]): Promise<T[]> {
  let runs: T[][] = [];
  await inPieces(values, atOnce, async (piece) => {
    runs.push([...piece].sort(byKey));
  });
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await mergedInTurns(runs[at] as T[], runs[at + 1] ?? []));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function mergedInTurns<T extends Keyed>(some: readonly T[], others: readonly T[]) {
  const merged: T[] = [];
  let [a, b] = [0, 0];
  while (a < some.length || b < others.length) {
    const [one, other] = [some[a], others[b]];
    if (other === undefined || (one !== undefined && one.key < other.key)) {
      merged.push(one as T);
      a += 1;
    } else {
      merged.push(other);
      b += 1;
    }
    if (merged.length % atOnce === 0) await nextTurn();
  }
  return merged;
}
