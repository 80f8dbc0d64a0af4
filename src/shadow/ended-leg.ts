import type { HeldReply } from '../core/comparer.ts';
import type { LegFacts } from '../core/events.ts';
import type { Mirror } from '../core/exchange.ts';

/** How a leg ended: what is told of it, and what is compared. */
export interface EndedLeg {
  readonly facts: LegFacts;
  readonly held: HeldReply | undefined;
}

/** Both legs in the places in which they are compared: legacy's, then what is held against it. */
export function inPlaces<T>({ kind, leg }: Mirror, served: T, mirrored: T): readonly [T, T] {
  return kind === 'noise' || leg === 'candidate' ? [served, mirrored] : [mirrored, served];
}
