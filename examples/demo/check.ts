import { count } from './wording.ts';

/** One statement about the run, and whether it holds. */
export interface Check {
  readonly holds: boolean;
  readonly says: string;
}

/** The statement that two counts are the same. */
export const equal = (left: number, right: number, says: string): Check => ({
  holds: left === right,
  says: `${says}: ${count(left)} = ${count(right)}`,
});
