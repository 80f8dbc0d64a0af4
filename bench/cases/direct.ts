import type { BenchCase } from '../measure.ts';
import { legacy } from './legs.ts';

/** The handler with nothing in front of it. */
export function direct(): BenchCase {
  return { call: legacy };
}
