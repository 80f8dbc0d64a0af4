import type { Reporter } from '../../core/events/events.ts';
import type { Stage } from '../../core/stage.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { FlagLogger, FlagProvider } from '../provider.ts';
import type { TargetingUnit } from './evaluation-context.ts';
import type { ProviderLifecycle } from './lifecycle.ts';

/** How one route's flag is evaluated: the options of a stage source without gaps. */
export interface Evaluation {
  readonly provider: FlagProvider;
  readonly flagKey: string;
  readonly defaultStage: Stage;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly unit: TargetingUnit;
  readonly where: { readonly route?: string };
  readonly lifecycle: ProviderLifecycle;
  readonly ttlMs: number;
  readonly maxPerGeneration: number;
}

const nothing = (): void => undefined;

/** Providers want a logger; what matters of a failed evaluation is reported by us, once. */
export const silentLogger: FlagLogger = Object.freeze({
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
});
