import type { StageSource } from '../../core/contracts/stage-source.ts';
import type { Reporter } from '../../core/events/events.ts';
import type { Stage } from '../../core/stage.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { FlagProvider } from '../provider.ts';
import { CachedSource } from './cached-source.ts';
import type { TargetingUnit } from './evaluation-context.ts';
import { InProcessSource } from './in-process-source.ts';
import { ProviderLifecycle } from './lifecycle.ts';

/** What one route's stages come from. */
export interface StageSourceOptions {
  readonly provider: FlagProvider;
  readonly flagKey: string;
  /** Stage of tenants of whom nothing is known. */
  readonly defaultStage: Stage;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** What the provider is given as targeting key. @default 'tenant' */
  readonly by?: TargetingUnit;
  /** The route's name, for reports. */
  readonly route?: string;
  /** Shared by the routes of one provider. @default one of its own */
  readonly lifecycle?: ProviderLifecycle;
  /** Milliseconds an answer of a provider that is not in process is served without asking again, at most 5,000. @default 5_000 */
  readonly ttlMs?: number;
  /** Answers kept per generation, of two. @default 10_000 */
  readonly maxPerGeneration?: number;
}

const maxTtlMs = 5_000;

/** Adapts a flag provider to what the router asks: a valid stage at all times, and why. */
export function createStageSource(options: StageSourceOptions): StageSource {
  const { provider, flagKey, defaultStage, reporter, clock, by = 'tenant', route } = options;
  const evaluation = {
    provider,
    flagKey,
    defaultStage,
    reporter,
    clock,
    unit: by,
    where: route === undefined ? {} : { route },
    lifecycle: options.lifecycle ?? new ProviderLifecycle({ provider, reporter, clock }),
    ttlMs: Math.min(options.ttlMs ?? maxTtlMs, maxTtlMs),
    maxPerGeneration: options.maxPerGeneration ?? 10_000,
  };
  const source = provider.inProcess
    ? new InProcessSource(evaluation)
    : new CachedSource(evaluation);
  // Begun before the first call, so that a slow start costs no caller anything.
  void evaluation.lifecycle.ready();
  return source;
}
