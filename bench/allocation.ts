import { PerformanceObserver } from 'node:perf_hooks';
import { collectYoungGarbage } from './collect-garbage.ts';
import type { BenchCase, MeasureOptions } from './measure.ts';
import { median } from './median.ts';

const callsPerSample = 200;
const warmUpSamples = 5;

/** Counts collections; they are told in a later turn of the event loop. */
class Collections implements Disposable {
  #count = 0;
  readonly #observer = new PerformanceObserver((list) => {
    this.#count += list.getEntries().length;
  });

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  async count(): Promise<number> {
    for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
    return this.#count;
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
  }
}

async function sample(
  { call, drain, check }: BenchCase,
  { users, message }: MeasureOptions,
  collections: Collections,
): Promise<number | undefined> {
  collectYoungGarbage();
  const collected = await collections.count();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < callsPerSample; i += 1) await call(users[i] as string, message);
  const bytes = process.memoryUsage().heapUsed - before;
  const disturbed = (await collections.count()) !== collected;
  await drain?.();
  check?.();
  return disturbed ? undefined : bytes / callsPerSample;
}

/**
 * Bytes that a call of each case allocates up to its reply: growth of the heap over samples in which nothing was
 * collected, their median.
 */
export async function allocationOf<Name extends string>(
  cases: Readonly<Record<Name, BenchCase>>,
  options: MeasureOptions,
): Promise<Record<Name, number>> {
  using collections = new Collections();
  const bytes: [string, number][] = [];
  for (const [name, subject] of Object.entries<BenchCase>(cases)) {
    const samples: (number | undefined)[] = [];
    for (let i = 0; i < options.rounds + warmUpSamples; i += 1) {
      samples.push(await sample(subject, options, collections));
    }
    const quiet = samples.slice(warmUpSamples).filter((value) => value !== undefined);
    if (quiet.length * 2 < options.rounds) throw new Error(`Collections disturbed "${name}".`);
    bytes.push([name, median(quiet)]);
  }
  return Object.fromEntries(bytes) as Record<Name, number>;
}
