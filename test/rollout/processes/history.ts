import { appendFileSync, readFileSync } from 'node:fs';
import type { RolloutState, RolloutStatus } from '../../../src/core/contracts/rollout-state.ts';
import { stages } from '../../../src/core/stage.ts';

/** What of a state is compared between those who have seen it. */
export interface SeenState {
  readonly version: number;
  readonly actor: string;
  readonly percent: number;
  readonly status: RolloutStatus;
}

/**
 * What happened in one of several processes. Times are nanoseconds of the machine's monotonic clock, which all of its
 * processes share. `by` is a process; of a replica that was started anew, its name and how often.
 */
export type HistoryEvent =
  /** A replica began to answer calls, and this is which leg answered: `c` or `l`. */
  | { readonly kind: 'calls'; readonly by: string; readonly at: number[]; readonly legs: string }
  /** A replica obeys a state from now on; `serves`: somebody is with the candidate by it. */
  | {
      readonly kind: 'obeyed';
      readonly by: string;
      readonly at: number;
      readonly state: SeenState;
      readonly serves: boolean;
    }
  /** A replica has been told to take everybody back, and has said that it did. */
  | { readonly kind: 'killed'; readonly by: string; readonly at: number; readonly actor: string }
  /** Somebody begins to act, under a name of this one action. */
  | {
      readonly kind: 'begun';
      readonly by: string;
      readonly at: number;
      readonly actor: string;
      readonly action: string;
    }
  /** Somebody was told that the action was done, and that this state is in force. */
  | {
      readonly kind: 'done';
      readonly by: string;
      readonly at: number;
      readonly actor: string;
      readonly state: SeenState;
    }
  /** Somebody was told that every replica obeys a version, or may obey nothing any more. */
  | {
      readonly kind: 'acknowledged';
      readonly by: string;
      readonly at: number;
      readonly version: number;
    }
  /** The trail has an entry of a version. */
  | { readonly kind: 'entered'; readonly state: SeenState };

/** Nanoseconds of the clock that all processes of a machine share. */
export const sharedClock = (): number => Number(process.hrtime.bigint());

export const seen = ({ version, actor, percent, status }: SeenState): SeenState => {
  return { version, actor, percent, status };
};

/** Whether somebody is with the candidate by a state. */
export const servesCandidate = ({ percent, overrides }: RolloutState): boolean =>
  percent > 0 || Object.values(overrides).some((stage) => stages[stage].serves === 'candidate');

/** One process's part of the history, in a file: what was written is there however the process ends. */
export class HistoryFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  add(event: HistoryEvent): void {
    appendFileSync(this.#path, `${JSON.stringify(event)}\n`);
  }

  /** What is whole: the last line may have been cut. */
  read(): HistoryEvent[] {
    const lines = readFileSync(this.#path, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as HistoryEvent);
  }
}
