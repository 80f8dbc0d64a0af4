import { type Tokens, tokenIs } from './words/tokens.ts';

/** Places of names and numbers of a reply that are looked at. */
const mostPlaces = 1_000;

/** Capitalized words that stand within a sentence somewhere: those are names, whatever else begins a sentence. */
function certainNames(...texts: readonly Tokens[]): ReadonlySet<number> {
  const names = new Set<number>();
  for (const { hashes, kinds } of texts) {
    for (let at = kinds.indexOf(tokenIs.name); at >= 0; at = kinds.indexOf(tokenIs.name, at + 1)) {
      names.add(hashes[at] as number);
    }
  }
  return names;
}

/** Stands for a place that names stand in more than once, each time another one. */
const ambiguous = Symbol('ambiguous');

type Places = ReadonlyMap<number, number | typeof ambiguous>;

/** Which name or number stands between which two words; the words are what a place is known by. */
function placesOf({ hashes, kinds }: Tokens, names: ReadonlySet<number>): Places {
  const places = new Map<number, number | typeof ambiguous>();
  for (let at = 0; at < hashes.length && places.size < mostPlaces; at += 1) {
    const kind = kinds[at];
    if (kind === tokenIs.word) continue;
    const hash = hashes[at] as number;
    if (kind !== tokenIs.number && !names.has(hash)) continue;
    const place = Math.imul(hashes[at - 1] ?? 0, 31) ^ (hashes[at + 1] ?? 0);
    const known = places.get(place);
    places.set(place, known === undefined || known === hash ? hash : ambiguous);
  }
  return places;
}

/**
 * Whether names or numbers have changed places: between the same two words stands another one, and all of those that were
 * replaced have replaced each other.
 */
export function areSwapped(first: Tokens, second: Tokens): boolean {
  const names = certainNames(first, second);
  const before = placesOf(first, names);
  const [gone, come] = [new Set<number>(), new Set<number>()];
  for (const [place, now] of placesOf(second, names)) {
    const then = before.get(place);
    if (typeof then !== 'number' || typeof now !== 'number' || then === now) continue;
    gone.add(then);
    come.add(now);
  }
  return gone.size > 1 && gone.size === come.size && [...gone].every((hash) => come.has(hash));
}
