import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TextThread } from '../../../src/compare/words/text-thread.ts';
import { wordLayers } from '../../../src/compare/words/word-layers.ts';
import type { WordQuestion, WordSay } from '../../../src/compare/words/word-question.ts';
import { WordReading } from '../../../src/compare/words/word-reading.ts';
import { attempt } from '../../../src/core/attempt.ts';
import type { Divergence } from '../../../src/core/contracts/comparer.ts';
import { anyText } from '../any-text.ts';
import { divergence, layerOf } from '../comparing.ts';

const file = new URL('../../../src/compare/words/text.worker.ts', import.meta.url);
const none = () => new TextThread(new URL('./there-is-no-such.worker.ts', import.meta.url));
const dying = () => new TextThread(new URL('../dying.worker.ts', import.meta.url));
const silent = () => new TextThread(new URL('../silent.worker.ts', import.meta.url));
const late = () => new TextThread(new URL('../late.worker.ts', import.meta.url));

const asked: WordQuestion = {
  legacy: 'The parcel is here.',
  candidate: 'The letter was here.',
  layers: wordLayers.map(({ name }) => name),
  lexical: 0.3,
  ordered: true,
};

const long = (sentence: string): string => `${sentence} `.repeat(200);
const [legacy, candidate] = [
  long('Alice sent 12 parcels to Bashir.'),
  long('Bashir sent 13 letters to Alice.'),
];

/** What was said, without how long it took. */
const saidOf = (says: readonly WordSay[] | undefined) => says?.map(({ ms: _, ...say }) => say);

const onLoop = (question: WordQuestion): readonly WordSay[] => {
  const reading = new WordReading(question, () => 0);
  while (reading.step());
  return reading.says;
};

/** A thread that tells what it was asked. */
function overheard() {
  const questions: WordQuestion[] = [];
  const thread = {
    ask: async (question: WordQuestion) => {
      questions.push(question);
      return undefined;
    },
  };
  return { thread, questions };
}

/** The nice values of this process's threads, where the system tells them. */
function prioritiesOfThreads(): number[] {
  const folder = '/proc/self/task';
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((id) => {
    // Threads of others may end meanwhile.
    const stat = attempt(() => readFileSync(`${folder}/${id}/stat`, 'utf8'));
    // A name in brackets may have blanks; the nice value is the 17th field after it.
    return stat === undefined ? [] : [Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])];
  });
}

describe('the thread for texts', () => {
  it('finds what the loop finds, of any two texts', async () => {
    const thread = new TextThread(file);
    await fc.assert(
      fc.asyncProperty(anyText, anyText, fc.boolean(), async (first, second, ordered) => {
        const question = { ...asked, legacy: first, candidate: second, ordered };
        expect(saidOf(await thread.ask(question))).toEqual(saidOf(onLoop(question)));
      }),
      { numRuns: 300 },
    );
  });

  it('is asked no more than it can answer soon', async () => {
    const thread = new TextThread(file);
    const answers = await Promise.all(Array.from({ length: 70 }, () => thread.ask(asked)));
    expect(answers.map((says) => says?.length)).toEqual([
      ...Array(64).fill(3),
      ...Array(6).fill(undefined),
    ]);
  });

  it('that cannot be started gives no answer, now and later', async () => {
    const thread = none();
    expect(await thread.ask(asked)).toBeUndefined();
    expect(await thread.ask(asked)).toBeUndefined();
  });

  it('that dies lets nobody wait', async () => {
    const thread = dying();
    const answers = [thread.ask(asked), thread.ask(asked), thread.ask(asked)];
    expect(await Promise.all(answers)).toEqual([undefined, undefined, undefined]);
  });

  it('that falls silent is given up, and lets nobody wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const terminate = vi.spyOn(Worker.prototype, 'terminate');
    const thread = silent();
    expect(await thread.ask(asked)).toEqual([]);
    // While nobody asks it may be silent.
    vi.advanceTimersByTime(20_000);
    const answers = [thread.ask(asked), thread.ask(asked)];
    vi.advanceTimersByTime(9_999);
    expect(terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(await Promise.all(answers)).toEqual([undefined, undefined]);
    expect(terminate).toHaveBeenCalledOnce();
    expect(await thread.ask(asked)).toBeUndefined();
  });

  it('is waited for as long as it gives answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const thread = late();
    let answer = thread.ask(asked);
    for (let at = 0; at < 3; at += 1) {
      vi.advanceTimersByTime(6_000);
      const next = thread.ask(asked);
      expect(await answer).toEqual([]);
      answer = next;
    }
    vi.advanceTimersByTime(10_000);
    expect(await answer).toBeUndefined();
  });

  it('answers all other questions when one cannot be answered', async () => {
    const thread = new TextThread(file);
    const broken = thread.ask({ ...asked, legacy: 5 as unknown as string });
    const sound = thread.ask(asked);
    expect(await broken).toBeUndefined();
    expect(saidOf(await sound)).toEqual(saidOf(onLoop(asked)));
  });

  it('stands back where threads have priorities, and leaves that of the process alone', async () => {
    const before = getPriority();
    await new TextThread(file).ask(asked);
    expect(getPriority()).toBe(before);
    const isLinux = process.platform === 'linux';
    expect(prioritiesOfThreads().includes(before + 10)).toBe(isLinux);
  });

  it('keeps no text once it has answered', async () => {
    const worker = new Worker(file, { execArgv: [] });
    onTestFinished(async () => void (await worker.terminate()));
    const marked = (mark: string) => `${mark} ${'кириллица и 北京 '.repeat(50)} `.repeat(20);
    const question = { legacy: marked('Quetzalcoatlus'), candidate: marked('Archaeopteryx') };
    // Once the second one is answered, nothing of the first is on the stack.
    for (const each of [{ ...asked, ...question }, asked]) {
      worker.postMessage({ id: 1, ...each });
      await once(worker, 'message');
    }
    const heap = await text(await worker.getHeapSnapshot());
    expect(heap.includes('wordLayers')).toBe(true);
    expect(heap.match(/quetzalcoatlus|archaeopteryx/i)).toBeNull();
  });
});

describe('a comparison of long texts', () => {
  /** All that was found, but for what only the thread has time for. */
  const foundIn = ({ layers, verdict }: Divergence) => ({
    verdict,
    layers: layers.map(({ ms: _ms, metrics = {}, notes = [], ...finding }) => {
      const { rougeL: _rouge, similarity: _similarity, ...others } = metrics;
      return { ...finding, ...others, notes: notes.filter((note) => note !== 'rouge-skipped') };
    }),
  });

  it('finds the same without the thread, but for the order of words, and says so', async () => {
    const inThread = await divergence(legacy, candidate);
    expect(layerOf(inThread, 'lexical')?.metrics?.rougeL).toBeGreaterThan(0.3);
    for (const thread of [none(), dying()]) {
      const found = await divergence(legacy, candidate, {}, { thread });
      expect(layerOf(found, 'lexical')?.notes).toEqual(['rouge-skipped']);
      expect(foundIn(found)).toEqual(foundIn(inThread));
    }
  });

  it('is whole however many wait for the thread', async () => {
    const all = await Promise.all(Array.from({ length: 80 }, () => divergence(legacy, candidate)));
    for (const found of all) {
      const { metrics = {}, notes = [] } = layerOf(found, 'lexical') ?? {};
      expect('rougeL' in metrics).toBe(!notes.includes('rouge-skipped'));
      expect(foundIn(found)).toEqual(foundIn(all[0] as Divergence));
    }
  });

  it.each([
    ['a long one of legacy', 'a '.repeat(1_001), 'b', 1],
    ['a long one of the candidate', 'a', 'b '.repeat(1_001), 1],
    ['short ones', 'a '.repeat(1_000), 'b '.repeat(1_000), 0],
    ['a long one without spaces', '北京'.repeat(501), 'b', 1],
    ['a short one without spaces', '北京'.repeat(500), 'b', 0],
    ['equal ones', 'a '.repeat(1_001), 'a '.repeat(1_001), 0],
  ])('hands %s to the thread as it should', async (_, first, second, times) => {
    const { thread, questions } = overheard();
    await divergence(first, second, {}, { thread });
    expect(questions).toHaveLength(times);
  });

  it('asks only for layers that were not left out', async () => {
    const { thread, questions } = overheard();
    const left = ['language', 'lexical'] as const;
    const found = await divergence(legacy, candidate, { without: left }, { thread });
    expect(questions.map(({ layers }) => layers)).toEqual([['entities']]);
    expect(found.layers.map(({ layer }) => layer)).not.toContain('lexical');
    const without = ['entities', ...left] as const;
    await divergence(legacy, candidate, { without }, { thread });
    expect(questions).toHaveLength(1);
  });

  it('goes on when asking fails, and tells of it', async () => {
    const errors: unknown[] = [];
    const boom = new Error('boom');
    const thread = { ask: () => Promise.reject(boom) };
    const contained = (error: unknown) => errors.push(error);
    const layers = [{ name: 'own', look: () => ({ say: 'similar' }) as const }];
    const found = await divergence(legacy, candidate, { layers }, { thread, contained });
    expect(errors).toEqual([boom]);
    expect(layerOf(found, 'lexical')).toMatchObject({ say: 'none', notes: ['layer-failed'] });
    expect(layerOf(found, 'own')?.say).toBe('similar');
  });
});
