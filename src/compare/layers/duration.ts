import type { Layer } from '../layer.ts';
import { floors } from '../thresholds.ts';

/** Notes a slower candidate. One duration proves little, so it is never part of a verdict. */
export const duration: Layer = {
  name: 'duration',
  look({ legacy, candidate }, { thresholds }) {
    const ratio = candidate.durationMs / Math.max(legacy.durationMs, Number.MIN_VALUE);
    const addedMs = candidate.durationMs - legacy.durationMs;
    const isSlower = ratio >= thresholds.slower && addedMs >= floors.slowerMs;
    return { say: 'none', metrics: { ratio, addedMs }, notes: isSlower ? ['slower'] : [] };
  },
};
