import type { CheckpointSigner } from '../audit/audit-keys.ts';
import type { Checkpoint } from '../audit/checkpoint.ts';
import type { TenantPseudonyms } from '../audit/tenant-pseudonyms.ts';
import type { RolloutState } from '../core/contracts/rollout-state.ts';
import type { Store } from '../core/contracts/store.ts';
import type { Logger } from '../core/events/logger.ts';
import {
  check,
  having,
  issuesOf,
  type OptionCheck,
  oneOf,
  required,
} from '../core/option-checks.ts';
import type { Clock } from '../core/time/clock.ts';
import { dayMs } from '../core/time/spans.ts';
import type { RampDecision } from './decisions/decision.ts';
import type { LegacyProbe } from './evidence/legacy-pulse.ts';
import type { RolloutPlan } from './plan/plan.ts';

/** How a rollout is made. */
export interface RolloutOptions {
  /** Where its state, trail and evidence are; the same for all replicas. It stays open when the rollout closes. */
  store: Store;
  /** Which rollout of the store. @default 'cutover' */
  name?: string | undefined;
  /** The ladder of steps, with what each of them waits for. @default `defaultPlan` */
  plan?: RolloutPlan | undefined;
  /** The replica's name; no two that run at a time may share one, of which those that lead warn. @default a random one */
  identity?: string | undefined;
  /** Decides who is early; it counts when the rollout is first made. @default 'engramia-cutover' */
  salt?: string | undefined;
  /** Groups of tenants that can be moved together. @default none */
  cohorts?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Whether this process takes part in deciding; one of those that do decides. @default true */
  leads?: boolean | undefined;
  /**
   * What tenants of the candidate get here when the store was not reached for `leaseMs`: the candidate still, or legacy,
   * so that no rollback is missed; a ramp that is frozen or complete stays so. @default 'keep'
   */
  onLostContact?: 'keep' | 'legacy' | undefined;
  /** Milliseconds for which a replica obeys a state unheard, and leads. @default 30_000 */
  leaseMs?: number | undefined;
  /** Milliseconds between two looks at the state and, by the leader, at the gates. @default 5_000 */
  pollMs?: number | undefined;
  /** Milliseconds in which pairs and counts are gathered before they go to the store. @default 1_000 */
  gatherMs?: number | undefined;
  /**
   * Milliseconds for which the store keeps compared pairs, of all its rollouts and of the present step as well; the leader
   * deletes older ones. `Infinity`: for ever. @default 2_592_000_000, 30 days
   */
  keepPairsMs?: number | undefined;
  /**
   * The same of counts by day, of pairs and of traffic; at least 31 days, which previews look at, and longer than the plan's
   * `completeAfterMs`. @default 34_560_000_000, 400 days
   */
  keepCountsMs?: number | undefined;
  /** Asks whether legacy still answers; asked at each look of the leader. @default what followed cutovers hear */
  probeLegacy?: LegacyProbe | undefined;
  /** How many exchanges wait to be learned outside of followed cutovers; one that does not tell completes nothing. @default none */
  outbox?: (() => number | PromiseLike<number>) | undefined;
  /** Names tenants in the trail. @default salts in memory, so that nobody can be found in it after the process */
  pseudonyms?: TenantPseudonyms | undefined;
  /** Signs checkpoints, one after each change. @default nothing is signed */
  signing?: CheckpointSigner | undefined;
  /** Takes checkpoints to where the trail is not. */
  onCheckpoint?: ((checkpoint: Checkpoint) => unknown) | undefined;
  /** Reads the service's own audit entries, for `trail()`. @default none */
  serviceAudit?:
    | (() =>
        | AsyncIterable<unknown>
        | Iterable<unknown>
        | PromiseLike<AsyncIterable<unknown> | Iterable<unknown>>)
    | undefined;
  /** Told of each newer state that this process obeys. */
  onChange?: ((state: RolloutState, before: RolloutState | undefined) => unknown) | undefined;
  /** Told of each decision of the leader, `stay` included. */
  onDecision?: ((decision: RampDecision, state: RolloutState) => unknown) | undefined;
  /** Where warnings go; they are limited to one a minute and kind. @default `process.emitWarning` */
  logger?: Logger | undefined;
  /** A seam for tests. @default Node's clock, timers unref'd */
  clock?: Clock | undefined;
}

const usable = having(
  'rollout',
  'commit',
  'watch',
  'acknowledge',
  'acquire',
  'addPairs',
  'traffic',
);
const store = {
  test: usable.test,
  must: `be memoryStore(), sqliteStore({ path }) or postgresStore(pool), or one of your own: it must ${usable.must}`,
};
/** It stands in every entry of the trail, and half a character has no place there. */
const wellFormed = {
  test: (value: unknown) => check.text.test(value) && (value as string).isWellFormed(),
  must: 'be a string that is not empty, without half a character',
};
const duration = (least: number): OptionCheck => ({
  test: (value) => typeof value === 'number' && value >= least && value > 0,
  must: `be a number of milliseconds ${least > 0 ? `from ${least}` : 'above 0'}, or Infinity`,
});
const optionChecks = {
  store: required(store),
  name: wellFormed,
  plan: check.object,
  identity: check.text,
  salt: { test: (value: unknown) => typeof value === 'string', must: 'be a string' },
  cohorts: check.object,
  leads: check.boolean,
  onLostContact: oneOf('keep', 'legacy'),
  leaseMs: check.milliseconds,
  pollMs: check.milliseconds,
  gatherMs: check.milliseconds,
  keepPairsMs: duration(0),
  keepCountsMs: duration(31 * dayMs),
  probeLegacy: check.function,
  outbox: check.function,
  pseudonyms: having('of'),
  signing: having('sign'),
  onCheckpoint: check.function,
  serviceAudit: check.function,
  onChange: check.function,
  onDecision: check.function,
  logger: having('warn'),
  clock: check.clock,
};

/** Every issue of a rollout's options but the plan's. */
export function rolloutIssues(options: unknown): string[] {
  const { cohorts } = (options ?? {}) as { cohorts?: unknown };
  const groups = check.object.test(cohorts) ? Object.entries(cohorts as object) : [];
  const wrong = groups
    .filter(([, tenants]) => !Array.isArray(tenants) || !tenants.every(check.text.test))
    .map(([name]) => `cohorts[${JSON.stringify(name.slice(0, 60))}] must be an array of tenants`);
  return [...issuesOf(options, optionChecks), ...wrong, ...keptIssues(options)];
}

/** Completing counts the calls of so many days. */
function keptIssues(options: unknown): string[] {
  const { keepCountsMs, plan } = (options ?? {}) as Partial<RolloutOptions>;
  const asked = plan?.completeAfterMs ?? 0;
  if (typeof keepCountsMs !== 'number' || !(keepCountsMs < asked + dayMs)) return [];
  return ['keepCountsMs must be a day longer than plan.completeAfterMs'];
}
