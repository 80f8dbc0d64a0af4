import { performance } from 'node:perf_hooks';
import { createComparer } from '../src/compare/create-comparer.ts';
import { overlapOf } from '../src/compare/jaccard.ts';
import { rougeL } from '../src/compare/rouge.ts';
import { Tokenizer, toTokens } from '../src/compare/tokens.ts';
import { median } from './median.ts';
import { table } from './table.ts';

/** Ratios within one run, and the microseconds that they are made of. */
interface CompareFigures {
  /** Token Jaccard by hashes against a regular expression and sets of words, 8,000 characters. */
  readonly jaccard: number;
  /** ROUGE-L of 8,000 characters by bits against a table of all prefixes. */
  readonly rouge: number;
  /** Whether both ROUGE-L gave the same. */
  readonly sameRouge: boolean;
  /** Microseconds of the event loop that a comparison takes, in all and in its longest layer, by characters of each reply. */
  readonly loop: Readonly<Record<number, { total: number; longest: number }>>;
}

const syllables = 'ta re mi no sel va kon di pu lar es ter ing al on er ba ru tis om'.split(' ');

/** Numbers from 0 to 1, the same in every run. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

const vocabularySize = 1_500;

const draw = draws(7);
const vocabulary = Array.from({ length: vocabularySize }, (_, rank) => {
  const parts = rank < 60 ? 1 : 2 + Math.floor(draw() * 2);
  return Array.from({ length: parts }, () => syllables[Math.floor(draw() * 20)]).join('');
});

/** A reply of so many characters, its words as frequent as those of languages are (Zipf); `seed` varies it. */
function reply(chars: number, seed: number): string {
  const random = draws(seed);
  const parts: string[] = [];
  for (let at = 0, length = 0; length < chars; at += 1) {
    const rank = Math.floor(Math.exp(random() * Math.log(vocabularySize))) - 1;
    const word = vocabulary[rank] as string;
    const part = at % 12 === 0 ? `${word[0]?.toUpperCase()}${word.slice(1)}` : word;
    parts.push(at % 12 === 11 ? `${part}.` : part);
    length += part.length + 1;
  }
  // By way of bytes: a reply that has come over a network is flat, too.
  return Buffer.from(parts.join(' ').slice(0, chars)).toString('latin1');
}

const byHashes = (a: string, b: string): number =>
  overlapOf(toTokens(a).hashes, toTokens(b).hashes).jaccard;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

const bySets = (a: string, b: string): number => {
  const [first, second] = [new Set(wordsOf(a)), new Set(wordsOf(b))];
  let common = 0;
  for (const word of first) if (second.has(word)) common += 1;
  return common / (first.size + second.size - common);
};

/** ROUGE-L by the table of all prefixes, two rows of it at a time. */
export function rougeByTable(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  let before = new Uint32Array(b.length + 1);
  for (let i = 0; i < a.length; i += 1) {
    const row = new Uint32Array(b.length + 1);
    for (let j = 0; j < b.length; j += 1) {
      row[j + 1] =
        a[i] === b[j]
          ? (before[j] as number) + 1
          : Math.max(before[j + 1] as number, row[j] as number);
    }
    before = row;
  }
  return a.length + b.length === 0 ? 1 : (2 * (before[b.length] as number)) / (a.length + b.length);
}

function micros(work: () => unknown, times: number): number {
  const start = performance.now();
  for (let i = 0; i < times; i += 1) work();
  return ((performance.now() - start) / times) * 1000;
}

function interleaved(ours: () => unknown, theirs: () => unknown, times: number, rounds: number) {
  const [own, other, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = -3; round < rounds; round += 1) {
    const [a, b] = [micros(ours, times), micros(theirs, times)];
    if (round < 0) continue;
    own.push(a);
    other.push(b);
    ratios.push(a / b);
  }
  return { ours: median(own), theirs: median(other), ratio: median(ratios) };
}

const quickest = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] ?? Number.NaN;

/** The microseconds of the loop that one comparison takes, turn by turn: everything between two turns is counted. */
async function loopCost(
  chars: number,
  rounds: number,
): Promise<{ total: number; longest: number }> {
  const comparer = createComparer({});
  const [totals, longests]: [number[], number[]] = [[], []];
  const held = (leg: 'legacy' | 'candidate', text: string) =>
    comparer.hold({ leg, status: 'fulfilled', value: text, durationMs: 1 }, { text }, undefined);
  for (let round = -20; round < rounds; round += 1) {
    const legacy = held('legacy', reply(chars, 1 + (round & 3)));
    const candidate = held('candidate', reply(chars, 5 + (round & 3)));
    const signal = new AbortController().signal;
    const found = await comparer.compare({ legacy, candidate, task: 'x', signal });
    const own = found?.layers.filter(({ layer, notes }) => layer !== 'lexical' || notes) ?? [];
    const all = (chars <= 3_000 ? found?.layers : own) ?? [];
    if (round < 0) continue;
    totals.push(all.reduce((sum, { ms }) => sum + ms, 0) * 1000);
    longests.push(Math.max(...all.map(({ ms }) => ms)) * 1000);
  }
  // What other processes take away is no cost of ours: the quickest tenth of the rounds.
  return { total: quickest(totals), longest: quickest(longests) };
}

/** Measures the text layers against their plain counterparts. */
async function compareFigures(rounds = 15): Promise<CompareFigures & { rows: string[][] }> {
  const [a, b] = [reply(8_000, 1), reply(8_000, 5)];
  const [first, second] = [toTokens(a).hashes, toTokens(b).hashes];
  const jaccard = interleaved(
    () => byHashes(a, b),
    () => bySets(a, b),
    20,
    rounds,
  );
  const rouge = interleaved(
    () => rougeL(first, second),
    () => rougeByTable(first, second),
    3,
    rounds,
  );
  const loop: Record<number, { total: number; longest: number }> = {};
  for (const chars of [1_000, 3_000, 8_000]) loop[chars] = await loopCost(chars, rounds * 10);
  return {
    jaccard: jaccard.ratio,
    rouge: rouge.ratio,
    sameRouge: rougeL(first, second) === rougeByTable(first, second),
    loop,
    rows: [
      ['Jaccard, 8,000 characters', jaccard.ours.toFixed(0), jaccard.theirs.toFixed(0)],
      ['ROUGE-L, 8,000 characters', rouge.ours.toFixed(0), rouge.theirs.toFixed(0)],
    ],
  };
}

if (import.meta.main) {
  const figures = await compareFigures();
  console.log(table([['µs', 'ours', 'plain'], ...figures.rows]));
  console.log(figures);
  const text = reply(8_000, 1);
  for (const [name, work] of Object.entries({
    normalize: () => text.normalize('NFC'),
    lower: () => text.toLowerCase(),
    tokenize: () => new Tokenizer(text).step(8_000),
    tokens: () => toTokens(text),
  })) {
    micros(work, 300);
    console.log(name, micros(work, 200).toFixed(1), 'µs');
  }
}
