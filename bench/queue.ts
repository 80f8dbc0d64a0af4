import fastq from 'fastq';
import PQueue from 'p-queue';
import { systemClock } from '../src/core/clock.ts';
import type { Reporter } from '../src/core/events.ts';
import { createLane } from '../src/shadow/lane.ts';

/** CPU microseconds a task, and the ratios that the targets are made of. */
export interface QueueFigures {
  readonly laneAt10k: number;
  readonly laneAt100k: number;
  readonly fastqAt100k: number;
  readonly pQueueAt100k: number;
  /** The lane at a backlog of 100,000 against 10,000; target 1.5 at most. */
  readonly growth: number;
  /** The lane against fastq's promise API at 100,000; target 0.5 at most. */
  readonly againstFastq: number;
  /** The lane against p-queue at 100,000; target 0.1 at most. */
  readonly againstPQueue: number;
  /** Nanoseconds of one offer, on the caller's path, at 100,000. */
  readonly offerNs: number;
}

const concurrency = 4;
const tenants = Array.from({ length: 64 }, (_, index) => `tenant-${index}`);

const silent = {
  wants: () => false,
  emit: () => {},
  contained: () => {},
} as unknown as Reporter;

interface Item {
  readonly tenant: string;
}

const work = async (_item: Item): Promise<'stored'> => 'stored';

function itemsOf(count: number): Item[] {
  return Array.from({ length: count }, (_, index) => ({
    tenant: tenants[index % tenants.length] as string,
  }));
}

interface Cost {
  /** CPU microseconds of filling and draining. */
  readonly perTask: number;
  /** Nanoseconds of handing over alone. */
  readonly offer: number;
}

type Round = (items: readonly Item[]) => Promise<Cost>;

/** Measures one round of a queue that lives on, as queues do: what it once allocated it has. */
async function measure(
  items: readonly Item[],
  add: (item: Item) => unknown,
  drained: () => Promise<unknown>,
): Promise<Cost> {
  // What the case before left behind is not this one's cost.
  globalThis.gc?.({ type: 'minor' });
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (const item of items) add(item);
  const offered = performance.now() - started;
  await drained();
  const { user, system } = process.cpuUsage(cpu);
  return { perTask: (user + system) / items.length, offer: (offered * 1e6) / items.length };
}

function laneRound(maxCount: number): Round {
  const lane = createLane<Item, Item>({
    name: 'learn',
    options: { maxCount, maxBytes: maxCount * 1024, concurrency, tenantShare: 1 },
    clock: systemClock,
    reporter: silent,
    work: {
      tenantOf: (item) => item.tenant,
      sizeOf: () => 512,
      prepare: (item) => ({ ready: item, bytes: 512 }),
      run: work,
      ended: () => {},
    },
  });
  return async (items) => {
    const before = lane.stats().ok.stored;
    const cost = await measure(
      items,
      (item) => lane.offer(item),
      () => lane.flush(60_000),
    );
    if (lane.stats().ok.stored - before !== items.length) throw new Error('The lane lost tasks.');
    return cost;
  };
}

function fastqRound(): Round {
  const queue = fastq.promise(work, concurrency);
  return (items) =>
    measure(
      items,
      (item) => queue.push(item),
      () => queue.drained(),
    );
}

function pQueueRound(): Round {
  const queue = new PQueue({ concurrency });
  return (items) =>
    measure(
      items,
      (item) => queue.add(() => work(item)),
      () => queue.onIdle(),
    );
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Measures what a task costs on a lane and on its peers: interleaved, medians of the rounds. */
export async function queueBench(rounds = 7): Promise<QueueFigures> {
  const [small, large] = [itemsOf(10_000), itemsOf(100_000)];
  const cases = {
    small: { run: laneRound(small.length), items: small },
    large: { run: laneRound(large.length), items: large },
    fastq: { run: fastqRound(), items: large },
    pQueue: { run: pQueueRound(), items: large },
  };
  type Name = keyof typeof cases;
  const seen: Record<Name, Cost[]> = { small: [], large: [], fastq: [], pQueue: [] };
  for (let round = -2; round < rounds; round++) {
    for (const name of Object.keys(cases) as Name[]) {
      const cost = await cases[name].run(cases[name].items);
      // The first rounds warm up.
      if (round >= 0) seen[name].push(cost);
    }
  }
  const of = (name: Name): number => median(seen[name].map((cost) => cost.perTask));
  const ratio = (a: Name, b: Name): number =>
    median(seen[a].map(({ perTask }, round) => perTask / (seen[b][round]?.perTask ?? Number.NaN)));
  return {
    laneAt10k: of('small'),
    laneAt100k: of('large'),
    fastqAt100k: of('fastq'),
    pQueueAt100k: of('pQueue'),
    growth: ratio('large', 'small'),
    againstFastq: ratio('large', 'fastq'),
    againstPQueue: ratio('large', 'pQueue'),
    offerNs: median(seen.large.map((cost) => cost.offer)),
  };
}
