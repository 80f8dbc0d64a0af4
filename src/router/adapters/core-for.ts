import { coreOf } from '../../create.ts';
import type { Cutover } from '../../cutover.ts';
import { CutoverCore } from '../../cutover-core.ts';
import { type CutoverOptions, sharedPart } from '../../cutover-options.ts';

/** The wiring of the cutover that was handed in, or of one made from the options that all routes share. */
export function coreFor(cutover: Cutover | undefined, options: object): CutoverCore {
  return cutover === undefined
    ? new CutoverCore(sharedPart(options) as CutoverOptions)
    : coreOf(cutover);
}
