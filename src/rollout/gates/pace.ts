import type { PairedReading } from '../../compare/sequential/paired-test.ts';
import { aboutNumber, aboutTime } from './wording.ts';

/** How fast evidence has come. */
export interface Pace {
  readonly since: number;
  readonly at: number;
  readonly count: number;
}

/** What is still needed, and how long that takes. */
export interface Wait {
  /** The end of a sentence. */
  readonly says: string;
  readonly etaMs?: number;
}

/** What the sooner of the two ends still needs; undefined: neither can be told. */
export function sooner({ pass, fail }: PairedReading['needed']): number | undefined {
  const ways = [pass, fail].filter((way) => way !== undefined);
  return ways.length === 0 ? undefined : Math.min(...ways);
}

/** How long it takes until so many more have come, if they come as they came. */
export function waitFor(needed: number | undefined, unit: string, pace: Pace): Wait {
  if (needed === undefined) {
    return { says: 'cannot tell how many more it needs: it is too close to its limit' };
  }
  const says = `needs about ${aboutNumber(needed)} more ${unit}`;
  const passed = pace.at - pace.since;
  if (!(passed > 0 && pace.count > 0)) return { says };
  const etaMs = Math.ceil((needed * passed) / pace.count);
  return { says: `${says}, about ${aboutTime(etaMs)} at this rate`, etaMs };
}
