import { collectYoungGarbage } from './collect-garbage.ts';
import { median } from './median.ts';

/** One way of answering the same call. */
export interface BenchCase {
  call(user: string, message: string): Promise<unknown>;
  /** Waits for the background work that the calls began. */
  drain?(): Promise<void>;
  /** Throws when a part of it was lost. Asked when a round is over: its own cost is nobody's. */
  check?(): void;
  /** Batches a round, where calls are so slow that the default would take too long. */
  readonly batches?: number;
}

/** Nanoseconds of CPU a call, one entry a round. */
export interface Costs {
  /** On the caller's path: up to the reply. */
  readonly path: readonly number[];
  /** With everything that the calls began, to its end. */
  readonly drained: readonly number[];
}

export interface MeasureOptions {
  readonly users: readonly string[];
  readonly message: string;
  readonly rounds: number;
}

// The default lane holds 1,000 tasks. Awaited replies never leave the microtasks, so nothing drains within a batch.
const callsPerBatch = 500;
const defaultBatches = 80;

/**
 * Microseconds of CPU of the whole process. Not time on the wall: what other processes take away would be counted. Not
 * this thread alone: collecting garbage and compiling happen on others.
 */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** What reading the meter itself adds to a batch. */
function meterMicros(): number {
  const reads = 20_000;
  const start = cpuMicros();
  for (let i = 1; i < reads; i += 1) cpuMicros();
  return (cpuMicros() - start) / reads;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Cost {
  readonly path: number;
  readonly drained: number;
}

async function measureRound(
  { call, drain, check, batches = defaultBatches }: BenchCase,
  { users, message }: MeasureOptions,
  meter: number,
): Promise<Cost> {
  let path = 0;
  let after = 0;
  let next = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const start = cpuMicros();
    for (let i = 0; i < callsPerBatch; i += 1) {
      await call(users[next] as string, message);
      next = next + 1 === users.length ? 0 : next + 1;
    }
    const replied = cpuMicros();
    await turn();
    await drain?.();
    path += replied - start - meter;
    after += cpuMicros() - replied - meter;
  }
  check?.();
  const calls = batches * callsPerBatch;
  return { path: (path * 1000) / calls, drained: ((path + after) * 1000) / calls };
}

/**
 * Measures cases in one process, by turns, each round beginning with another one, so that a slow moment of the machine
 * falls on all. The first rounds warm up. Young garbage is collected before each case, what it makes itself is in its cost.
 */
export async function measureCases<Name extends string>(
  cases: Readonly<Record<Name, BenchCase>>,
  options: MeasureOptions,
): Promise<Record<Name, Costs>> {
  const names = Object.keys(cases) as Name[];
  const seen = new Map<Name, Cost[]>(names.map((name) => [name, []]));
  const meter = meterMicros();
  for (let round = -2; round < options.rounds; round += 1) {
    const first = (round + 2) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      collectYoungGarbage();
      const cost = await measureRound(cases[name], options, meter);
      if (round >= 0) seen.get(name)?.push(cost);
    }
  }
  const columns = [...seen].map(([name, costs]) => [
    name,
    { path: costs.map(({ path }) => path), drained: costs.map(({ drained }) => drained) },
  ]);
  return Object.fromEntries(columns) as Record<Name, Costs>;
}

/** The median of the ratios that two series have in each round. */
export function medianRatio(above: readonly number[], below: readonly number[]): number {
  return median(above.map((value, round) => value / (below[round] ?? Number.NaN)));
}

/** The same of what each adds to a third. */
export function medianAddedRatio(
  above: readonly number[],
  below: readonly number[],
  base: readonly number[],
): number {
  const added = (series: readonly number[]): number[] =>
    series.map((value, round) => value - (base[round] ?? Number.NaN));
  return medianRatio(added(above), added(below));
}
