import type { Lesson } from '../../core/contracts/learner.ts';
import { utf8Bytes } from '../../core/text/text.ts';
import { mostBytesPerUnit, serviceBodyBytes } from '../service-body.ts';
import type { BundleRule } from '../work.ts';

/** A sixteenth of a body is left as a margin. */
export const importBundles: BundleRule = {
  maxCount: 64,
  maxLoad: (serviceBodyBytes / 16) * 15,
  gatherMs: 1000,
};

/** Bytes of a record besides its texts: its key, its other fields, their names. */
const recordBytes = 400;

/** Sixty-four lessons of so many code units fit into a body whatever they are made of. */
const shortUnits = 2000;

/** Bytes that a lesson adds to the body of a batch, escapes included; of a short one no more than it can be. */
export function loadOfLesson({ task, code, runId }: Lesson): number {
  const units = task.length + code.length + runId.length;
  if (units <= shortUnits) return recordBytes + mostBytesPerUnit * units;
  return recordBytes + utf8Bytes(JSON.stringify([task, code, runId]));
}
