import fastq from 'fastq';
import PQueue from 'p-queue';
import type { Reporter } from '../src/core/events/events.ts';
import { systemClock } from '../src/core/time/clock.ts';
import { createLane } from '../src/shadow/lane/lane.ts';
import { collectYoungGarbage } from './collect-garbage.ts';
import { medianRatio } from './measure.ts';
import { median } from './median.ts';

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
  collectYoungGarbage();
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

interface QueueCase {
  readonly run: Round;
  readonly items: readonly Item[];
}

/** Measures cases by turns; the first two rounds warm up. */
async function byTurns<Name extends string>(
  cases: Readonly<Record<Name, QueueCase>>,
  rounds: number,
): Promise<Record<Name, Cost[]>> {
  const names = Object.keys(cases) as Name[];
  const seen = Object.fromEntries(names.map((name): [string, Cost[]] => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      const cost = await cases[name].run(cases[name].items);
      if (round >= 0) seen[name]?.push(cost);
    }
  }
  return seen as Record<Name, Cost[]>;
}

const tasksOf = (costs: readonly Cost[]): number[] => costs.map(({ perTask }) => perTask);

/**
 * Measures what a task costs on a lane and on its peers: by turns, medians of the rounds. p-queue has turns of its own with the
 * lane: its 100,000 waiting tasks grow old before they are garbage, and collecting them is billed to the cases that come next.
 */
export async function queueBench(rounds = 7): Promise<QueueFigures> {
  const [small, large] = [itemsOf(10_000), itemsOf(100_000)];
  const lane: QueueCase = { run: laneRound(large.length), items: large };
  const ours = await byTurns(
    {
      small: { run: laneRound(small.length), items: small },
      large: lane,
      fastq: { run: fastqRound(), items: large },
    },
    rounds,
  );
  const theirs = await byTurns({ lane, pQueue: { run: pQueueRound(), items: large } }, rounds);
  const tasks = {
    small: tasksOf(ours.small),
    large: tasksOf(ours.large),
    fastq: tasksOf(ours.fastq),
    pQueue: tasksOf(theirs.pQueue),
  };
  return {
    laneAt10k: median(tasks.small),
    laneAt100k: median(tasks.large),
    fastqAt100k: median(tasks.fastq),
    pQueueAt100k: median(tasks.pQueue),
    growth: medianRatio(tasks.large, tasks.small),
    againstFastq: medianRatio(tasks.large, tasks.fastq),
    againstPQueue: medianRatio(tasksOf(theirs.lane), tasks.pQueue),
    offerNs: median(ours.large.map((cost) => cost.offer)),
  };
}
