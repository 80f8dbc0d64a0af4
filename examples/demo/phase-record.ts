import type { CutoverStats, LaneStats, Leg } from 'engramia-cutover';
import type { Sample } from './load.ts';

/** What users of one app waited, in milliseconds. */
export interface Waits {
  readonly p50: number;
  readonly p99: number;
}

/** What one phase has done, by the users and by the lanes. */
export interface Figures {
  readonly calls: number;
  readonly errors: number;
  /** Answers about something else than was asked. */
  readonly wrong: number;
  readonly bareErrors: number;
  readonly legs: Readonly<Record<Leg, number>>;
  readonly fallbacks: number;
  /** Tenants whose calls the candidate serves. */
  readonly tenantsMoved: number;
  readonly ours: Waits;
  readonly bare: Waits;
  /** Ended in this phase, whenever they were offered. */
  readonly learned: number;
  readonly deduplicated: number;
  readonly dropped: number;
  readonly failed: number;
  readonly mirrored: number;
  /** Learn tasks that have not ended. */
  readonly queue: number;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const lost = ({ failed, timedOut, aborted, unknown }: LaneStats): number =>
  failed + timedOut + aborted + unknown;

/** The exact quantiles of what was measured: the smallest value that so many of them do not exceed. */
export function waitsOf(values: readonly number[]): Waits {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Collects one phase of the walk. */
export class PhaseRecord {
  readonly name: string;
  /** Tenants whose calls the candidate serves. */
  moved: ReadonlySet<string>;
  readonly samples: Sample[] = [];
  readonly #before: CutoverStats;

  constructor(name: string, moved: ReadonlySet<string>, before: CutoverStats) {
    this.name = name;
    this.moved = moved;
    this.#before = before;
  }

  /** The phase so far, by the counts of now. */
  figures(route: string, now: CutoverStats): Figures {
    const { samples } = this;
    const before = this.#before;
    const answeredBy = (leg: Leg): number => samples.filter((one) => one.leg === leg).length;
    return {
      calls: samples.length,
      errors: samples.filter(({ leg }) => leg === undefined).length,
      wrong: samples.filter((one) => one.wrong).length,
      bareErrors: samples.filter(({ bareOk }) => !bareOk).length,
      legs: { legacy: answeredBy('legacy'), candidate: answeredBy('candidate') },
      fallbacks: (now.routes[route]?.fallbacks ?? 0) - (before.routes[route]?.fallbacks ?? 0),
      tenantsMoved: this.moved.size,
      ours: waitsOf(samples.map(({ ms }) => ms)),
      bare: waitsOf(samples.map(({ bareMs }) => bareMs)),
      learned: now.learn.ok.stored - before.learn.ok.stored,
      deduplicated: now.learn.ok.deduplicated - before.learn.ok.deduplicated,
      dropped: sum(now.learn.dropped) - sum(before.learn.dropped),
      failed: lost(now.learn) - lost(before.learn),
      mirrored: now.mirror.ok.stored - before.mirror.ok.stored,
      queue: now.learn.pending,
    };
  }
}
