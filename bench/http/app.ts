import type { RequestListener } from 'node:http';
import type { LaneStats } from 'engramia-cutover';

/** An app of one variant. */
export interface MeasuredApp {
  readonly listener: RequestListener;
  /** Waits for the background work that requests began. */
  drain(): Promise<void>;
  /** What became of that work; undefined: the app has no lanes. */
  lanes(): readonly LaneStats[] | undefined;
}

/** An app without anything of ours. */
export const withoutLanes = { drain: async () => undefined, lanes: () => undefined };
