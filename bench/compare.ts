import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createComparer } from '../src/compare/create-comparer.ts';
import { overlapOf } from '../src/compare/words/jaccard.ts';
import { LoopTurns } from '../src/compare/words/loop-turns.ts';
import { rougeL } from '../src/compare/words/rouge.ts';
import { sharedTextThread } from '../src/compare/words/text-thread.ts';
import { toTokens } from '../src/compare/words/tokens.ts';
import type { WordQuestion } from '../src/compare/words/word-question.ts';
import type { Comparer, HeldReply } from '../src/core/contracts/comparer.ts';
import { median } from './median.ts';
import { table } from './table.ts';

/** What comparing costs the event loop, and ratios within one run. */
export interface CompareFigures {
  /** Token Jaccard by hashes against a regular expression and sets of words, 8,000 characters. */
  readonly jaccard: number;
  /** ROUGE-L of 8,000 characters by bits against a table of all prefixes. */
  readonly rouge: number;
  /** By how much the two ROUGE-L differ. */
  readonly rougeError: number;
  /** Microseconds of the event loop that a comparison takes, in all and in one go, by characters of each reply. */
  readonly loop: Readonly<Record<number, LoopCost>>;
  /** What comparing many long replies adds to the 99th percentile of the event loop's delay, milliseconds. */
  readonly addedDelayMs: number;
  /** Microseconds of ours and of its plain counterpart. */
  readonly rows: readonly (readonly string[])[];
}

interface LoopCost {
  readonly total: number;
  readonly longest: number;
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

/** Rounds that are not counted. */
const warmUp = 60;

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

/** Turns that measure what is done in each of them, in microseconds. */
class TimedTurns extends LoopTurns {
  readonly #goes: number[] = [];
  #start: number | undefined;

  override async take(): Promise<void> {
    this.pause();
    await super.take();
    this.resume();
  }

  pause(): void {
    if (this.#start !== undefined) this.#goes.push((performance.now() - this.#start) * 1000);
    this.#start = undefined;
  }

  resume(): void {
    this.#start = performance.now();
  }

  /** What was done since the last time. */
  goes(): number[] {
    this.pause();
    return this.#goes.splice(0);
  }
}

const hold = (comparer: Comparer, leg: 'legacy' | 'candidate', text: string): HeldReply =>
  comparer.hold({ leg, status: 'fulfilled', value: text, durationMs: 1 }, { text }, undefined);

/** The thread for texts: the go in which it is asked ends there, and the next one begins with its answer. */
const timedThread = (turns: TimedTurns) => ({
  async ask(asked: WordQuestion) {
    const answer = sharedTextThread().ask(asked);
    turns.pause();
    const says = await answer;
    turns.resume();
    return says;
  },
});

/**
 * What one comparison takes of the loop: all the time in which the loop does not wait while both replies are kept and
 * compared, its turns and the messages of the thread included; and the longest piece of work in it.
 */
async function loopCost(chars: number, rounds: number): Promise<LoopCost> {
  const turns = new TimedTurns();
  const comparer = createComparer({}, { turns, thread: timedThread(turns) });
  const [totals, longests]: [number[], number[]] = [[], []];
  for (let round = -warmUp; round < rounds; round += 1) {
    const texts = [reply(chars, 1 + (round & 3)), reply(chars, 5 + (round & 3))] as const;
    await nextTurn();
    const before = performance.eventLoopUtilization();
    const start = performance.now();
    const legacy = hold(comparer, 'legacy', texts[0]);
    const candidate = hold(comparer, 'candidate', texts[1]);
    const held = (performance.now() - start) * 1000;
    const { signal } = new AbortController();
    await comparer.compare({ legacy, candidate, task: 'x', signal });
    const { active } = performance.eventLoopUtilization(before);
    const longest = Math.max(held, ...turns.goes());
    if (round < 0) continue;
    totals.push(active * 1000);
    longests.push(longest);
  }
  // What other processes take away is no cost of ours: the quickest tenth of the rounds.
  return { total: quickest(totals), longest: quickest(longests) };
}

/** The 99th percentile of the loop's delay during some work, and how long that took; milliseconds. */
async function delayDuring(work: () => Promise<unknown>): Promise<{ p99: number; took: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  delay.enable();
  await work();
  delay.disable();
  return { p99: delay.percentile(99) / 1e6, took: performance.now() - start };
}

/** By how much the loop is later while replies of 200,000 characters come in and are compared than while it only turns. */
async function delayByComparing(rounds: number): Promise<number> {
  const comparer = createComparer({});
  const texts = Array.from({ length: 8 }, (_, seed) => reply(200_000, seed + 1));
  const { signal } = new AbortController();
  const compare = (at: number) =>
    comparer.compare({
      legacy: hold(comparer, 'legacy', texts[at % 8] as string),
      candidate: hold(comparer, 'candidate', texts[(at + 3) % 8] as string),
      task: 'x',
      signal,
    });
  const compareMany = async () => {
    const found: unknown[] = [];
    for (let at = 0; at < 50; at += 1) {
      found.push(compare(at));
      await nextTurn();
    }
    await Promise.all(found);
  };
  const turnFor = async (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end; ) await nextTurn();
  };
  await compareMany();
  const added: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const comparing = await delayDuring(compareMany);
    const turning = await delayDuring(() => turnFor(comparing.took));
    added.push(comparing.p99 - turning.p99);
  }
  return median(added);
}

/** Measures the text layers against their plain counterparts, and what comparing does to the event loop. */
export async function compareFigures(rounds: number): Promise<CompareFigures> {
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
  const loop: Record<number, LoopCost> = {};
  for (const chars of [1_000, 3_000, 8_000]) loop[chars] = await loopCost(chars, rounds * 10);
  return {
    jaccard: jaccard.ratio,
    rouge: rouge.ratio,
    rougeError: Math.abs(rougeL(first, second) - rougeByTable(first, second)),
    loop,
    addedDelayMs: await delayByComparing(rounds),
    rows: [
      ['Jaccard, 8,000 characters', jaccard.ours.toFixed(0), jaccard.theirs.toFixed(0)],
      ['ROUGE-L, 8,000 characters', rouge.ours.toFixed(0), rouge.theirs.toFixed(0)],
    ],
  };
}

if (import.meta.main) {
  const { rows, ...figures } = await compareFigures(15);
  console.log(table([['µs', 'ours', 'plain'], ...rows]));
  console.log(figures);
}
