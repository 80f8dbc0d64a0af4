import type { StreamObserver, StreamTap } from './stream-tap.ts';

/** Objects that are tapped in their place, by what ends that. */
const tapped = new WeakMap<object, () => void>();

/** The object is as it was before it was tapped. */
export const untapped = (stream: object): boolean => tapped.delete(stream);

/**
 * Taps one that stays the same object, unless it is tapped already: of two callers who were given the very same one, a canned
 * reply say, nobody can tell who reads, and each tap would lie upon the last. Then neither is observed.
 */
export function soleTap(
  stream: object,
  observer: StreamObserver,
  tapping: () => StreamTap | undefined,
): StreamTap | undefined {
  const end = tapped.get(stream);
  if (end !== undefined) {
    end();
    return undefined;
  }
  const tap = tapping();
  if (tap !== undefined) {
    tapped.set(stream, () => {
      observer.cut();
      tap.release?.();
    });
  }
  return tap;
}
