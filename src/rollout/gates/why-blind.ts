import { stages } from '../../core/stage.ts';
import type { GateSetting } from './gate.ts';

/** Why pairs of a source cannot come at all at this step; undefined: they can. */
export function whyBlind(
  source: 'pairs' | 'live-pairs',
  { state: { from, percent, overrides } }: Pick<GateSetting, 'state'>,
): string | undefined {
  if (source === 'live-pairs') return undefined;
  if (Object.values(overrides).some((stage) => stages[stage].mirrors === 'candidate'))
    return undefined;
  if (percent >= 100) return 'nobody is left whom legacy serves: look at live-pairs';
  if (stages[from].mirrors === 'candidate') return undefined;
  return `tenants in the stage ${from} are not compared`;
}
