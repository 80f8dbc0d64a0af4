import type { HeldToolCall } from '../core/contracts/comparer.ts';

/** How many calls of tools agree, and in what way the others do not. */
export interface ToolDifference {
  readonly matching: number;
  /** Legacy called it, the candidate did not. */
  readonly missing: number;
  /** The candidate called it, legacy did not. */
  readonly extra: number;
  /** Both called it, with other arguments. */
  readonly otherArguments: number;
  /** The same calls, in another order. */
  readonly isReordered: boolean;
}

const nameOf = ({ name }: HeldToolCall): string => JSON.stringify(name);
const callOf = (call: HeldToolCall): string => `${nameOf(call)} ${call.arguments}`;

/** What is left of two lists once everything that occurs in both has been crossed out. */
function crossedOut(
  first: readonly HeldToolCall[],
  second: readonly HeldToolCall[],
  keyOf: (call: HeldToolCall) => string,
): [HeldToolCall[], HeldToolCall[]] {
  const counts = new Map<string, number>();
  for (const call of second) counts.set(keyOf(call), (counts.get(keyOf(call)) ?? 0) + 1);
  const take = (call: HeldToolCall): boolean => {
    const count = counts.get(keyOf(call)) ?? 0;
    counts.set(keyOf(call), count - 1);
    return count > 0;
  };
  const left = first.filter((call) => !take(call));
  // Whatever was not taken is left over, the last ones of their kind.
  const over = second.toReversed().filter((call) => {
    const count = counts.get(keyOf(call)) ?? 0;
    counts.set(keyOf(call), count - 1);
    return count > 0;
  });
  return [left, over.toReversed()];
}

/** Compares two lists of tool calls as multisets, and tells whether their order differs. */
export function toolDifference(
  legacy: readonly HeldToolCall[],
  candidate: readonly HeldToolCall[],
): ToolDifference {
  const [unmet, unasked] = crossedOut(legacy, candidate, callOf);
  const [missing, extra] = crossedOut(unmet, unasked, nameOf);
  const isSame = unmet.length === 0 && unasked.length === 0;
  return {
    matching: legacy.length - unmet.length,
    missing: missing.length,
    extra: extra.length,
    otherArguments: unmet.length - missing.length,
    isReordered:
      isSame && legacy.some((call, at) => callOf(call) !== callOf(candidate[at] as HeldToolCall)),
  };
}
