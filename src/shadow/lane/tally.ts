import type {
  DropReason,
  LaneCounts,
  SkipReason,
  TaskOutcome,
} from '../../core/contracts/counts.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What became of everything offered, counted as it happens. */
export class Tally {
  offered = 0;
  accepted = 0;
  readonly #skipped: Record<SkipReason, number> = {
    noKey: 0,
    filtered: 0,
    unsafe: 0,
    unreadable: 0,
    sampled: 0,
    budget: 0,
  };
  readonly #dropped: Record<DropReason, number> = { count: 0, bytes: 0, tenant: 0, closed: 0 };
  readonly #ended: Record<TaskOutcome, number> = {
    stored: 0,
    deduplicated: 0,
    unknown: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
  };

  skip(reason: SkipReason): void {
    this.#skipped[reason]++;
  }

  drop(reason: DropReason): void {
    this.#dropped[reason]++;
  }

  end(outcome: TaskOutcome): void {
    this.#ended[outcome]++;
  }

  /** Tasks that have done what they were for. */
  get worked(): number {
    return this.#ended.stored + this.#ended.deduplicated;
  }

  /** The counts now; `pending` is counted by the caller where the tasks are. */
  counts(pending: number): LaneCounts {
    const { stored, deduplicated, ...ended } = this.#ended;
    return {
      offered: this.offered,
      accepted: this.accepted,
      skipped: { ...this.#skipped },
      dropped: { ...this.#dropped },
      ok: { stored, deduplicated },
      ...ended,
      pending,
    };
  }
}

/** What changed from one reading of the counts to another; `pending` stays what is left. */
export function changeOf(before: LaneCounts, after: LaneCounts): LaneCounts {
  return {
    ...difference(before, after),
    skipped: difference(before.skipped, after.skipped),
    dropped: difference(before.dropped, after.dropped),
    ok: difference(before.ok, after.ok),
    pending: after.pending,
  };
}

function difference<T extends object>(before: T, after: T): T {
  const change: Mutable<T> = { ...after };
  for (const key of Object.keys(after) as (keyof T)[]) {
    const [from, to] = [before[key], after[key]];
    if (typeof from === 'number' && typeof to === 'number') {
      change[key] = (to - from) as T[keyof T];
    }
  }
  return change;
}
