import { type Tokens, tokenIs } from '../words/tokens.ts';

/** Numbers of a reply that are looked at. */
const mostNumbers = 1_000;

/** The numbers of a text, each once. */
export function numbersOf({ hashes, kinds }: Tokens): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (let at = kinds.indexOf(tokenIs.number); at >= 0 && numbers.size < mostNumbers; ) {
    numbers.add(hashes[at] as number);
    at = kinds.indexOf(tokenIs.number, at + 1);
  }
  return numbers;
}

function takeApart(numbers: Set<number>, whole: number, parts: readonly number[]): void {
  numbers.delete(whole);
  for (const part of parts) numbers.add(part);
}

/**
 * Takes numbers of the first apart that are rather groups of a phone's than amounts, unless the second has them: with the code of
 * a country before it, the same phone has other groups of thousands.
 */
function phonesApart({ hashes, facts }: Tokens, numbers: Set<number>, others: ReadonlySet<number>) {
  for (const [at, { parts, isPhone, run }] of facts) {
    if (parts === undefined || isPhone === undefined) continue;
    const goesOn = run !== undefined || (facts.get(at + 1)?.run?.first ?? at + 1) <= at;
    const whole = hashes[at] as number;
    if ((isPhone === 'surely' || goesOn) && !others.has(whole)) takeApart(numbers, whole, parts);
  }
}

/** Numbers of the first, those that stand apart in the second taken apart: `100 200 300` may be one number, or three. */
function asIn({ hashes, facts }: Tokens, numbers: Set<number>, others: ReadonlySet<number>): void {
  for (const [at, { parts, isSequence }] of facts) {
    const whole = hashes[at] as number;
    if (parts === undefined || others.has(whole)) continue;
    const missing = parts.filter((part) => !others.has(part)).length;
    // The month of a date may be a word: where it is another number, that is there in its place.
    if (missing > (isSequence && parts.length > 2 ? 1 : 0)) continue;
    takeApart(numbers, whole, parts);
  }
}

/** Lets the second have the groups of its numbers that the first sets apart, such as those of a phone, and the first their whole. */
function withGroups({ hashes, facts }: Tokens, numbers: Set<number>, others: Set<number>): void {
  for (const [at, { run }] of facts) {
    if (run === undefined || !others.has(run.hash)) continue;
    numbers.add(run.hash);
    for (let place = run.first; place <= at; place += 1) others.add(hashes[place] as number);
  }
}

/** Lets each have the groups of the other's runs of the same digits: a phone of ten digits may be told in two groups, or in four. */
function withRuns(
  [first, numbers]: readonly [Tokens, Set<number>],
  [second, others]: readonly [Tokens, Set<number>],
): void {
  const places = new Map<number, readonly [number, number]>();
  for (const [at, { run }] of second.facts) if (run?.isPhone) places.set(run.hash, [run.first, at]);
  for (const [at, { run }] of first.facts) {
    const place = run?.isPhone && places.get(run.hash);
    if (!place) continue;
    addGroups(others, first, [run.first, at]);
    addGroups(numbers, second, place);
  }
}

function addGroups(numbers: Set<number>, { hashes, facts }: Tokens, [from, to]: readonly number[]) {
  for (let at = from ?? 0; at <= (to ?? 0); at += 1) {
    for (const group of [hashes[at] as number, ...(facts.get(at)?.parts ?? [])]) numbers.add(group);
  }
}

/** The numbers of two texts, those that may be read in several ways read alike. */
export function numbersOfBoth(
  first: Tokens,
  second: Tokens,
): readonly [ReadonlySet<number>, ReadonlySet<number>] {
  const [before, now] = [new Set(numbersOf(first)), new Set(numbersOf(second))];
  phonesApart(first, before, numbersOf(second));
  phonesApart(second, now, numbersOf(first));
  const [apartBefore, apartNow] = [new Set(before), new Set(now)];
  asIn(first, before, apartNow);
  asIn(second, now, apartBefore);
  withGroups(first, before, now);
  withGroups(second, now, before);
  withRuns([first, before], [second, now]);
  return [before, now];
}
