import { monitorEventLoopDelay } from 'node:perf_hooks';
import { callInWaves } from './hanging.ts';
import { type App, learningApp } from './learning-app.ts';
import { median } from './median.ts';
import { hangingService, healthyService } from './services.ts';

/** 99th percentile of how late the event loop is, milliseconds, by what the service does: the median of the blocks. */
export interface HangingDelay {
  /** Stage `off`: what the bench and the machine do by themselves. */
  readonly off: number;
  readonly healthy: number;
  readonly hanging: number;
  /** It hangs, and requests are given up within the run. */
  readonly givingUp: number;
  /** What a service that hangs adds to stage `off` in the same turn: the worse of both ways. */
  readonly addedMs: number;
}

type Site = Exclude<keyof HangingDelay, 'addedMs'>;

// The histogram holds the time between two looks at the clock, not only what was too much of it.
const resolutionMs = 1;

async function delayOf(app: App, requests: number): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  await callInWaves(app, requests);
  delay.disable();
  return delay.percentile(99) / 1e6 - resolutionMs;
}

/**
 * Puts requests through the same app in blocks by turns. A machine that is busy with something else makes every loop late,
 * by much more than is looked for, and a run of two seconds has only a few turns above its 99th percentile.
 */
export async function hangingDelay(requests = 50_000, blocks = 10): Promise<HangingDelay> {
  await using hanging = await hangingService();
  await using healthy = await healthyService();
  const apps: Record<Site, App> = {
    off: learningApp('off', healthy.url),
    healthy: learningApp('dualwrite', healthy.url),
    hanging: learningApp('dualwrite', hanging.url),
    givingUp: learningApp('dualwrite', hanging.url, 100),
  };
  const sites = Object.keys(apps) as Site[];
  const seen: Record<Site, number[]> = { off: [], healthy: [], hanging: [], givingUp: [] };
  for (let turn = -1; turn < blocks; turn += 1) {
    for (const site of sites) {
      const delay = await delayOf(apps[site], requests / blocks);
      if (turn >= 0) seen[site].push(delay);
    }
  }
  await Promise.all(sites.map((site) => apps[site].close({ timeoutMs: 1 })));
  const added = (site: Site): number =>
    median(seen[site].map((delay, turn) => delay - (seen.off[turn] ?? Number.NaN)));
  return {
    off: median(seen.off),
    healthy: median(seen.healthy),
    hanging: median(seen.hanging),
    givingUp: median(seen.givingUp),
    addedMs: Math.max(added('hanging'), added('givingUp')),
  };
}
