import { check, type OptionCheck, oneOf } from '../../core/option-checks.ts';
import type { Gate } from './gate.ts';

/** What can be said of every gate. */
export interface GateOptions {
  /**
   * As readings and the trail call it; no two gates of a plan share one.
   *
   * @default the name of the kind, followed by `-live` or `-served` where its source is not `pairs`
   */
  readonly name?: string | undefined;
  /** A guardrail that fails rolls back, a signal pauses; the default is told with each gate. */
  readonly role?: Gate['role'] | undefined;
  /** Read and recorded, but never acted upon. @default false */
  readonly dryRun?: boolean | undefined;
}

/** What can be said of gates that look at pairs. */
export interface PairGateOptions extends GateOptions {
  /** `live-pairs` needs `legacyShadow` in the route. @default 'pairs' */
  readonly source?: 'pairs' | 'live-pairs' | undefined;
  /**
   * The percentage up to which it is asked: pairs of tenants that legacy still serves run dry as a ramp succeeds.
   * @default 99.99 for `pairs`, 100 for `live-pairs`
   */
  readonly upTo?: number | undefined;
}

/** The rule for a percentage at which a gate is asked: of any fineness, and so not that of a ramp. */
export const askedAt: OptionCheck = {
  test: (value) => typeof value === 'number' && value >= 0 && value <= 100,
  must: 'be a number from 0 to 100',
};

/** The rules of the options of every gate. */
export const gateChecks = {
  name: check.text,
  role: oneOf('guardrail', 'signal'),
  dryRun: check.boolean,
};

/** The rules of the options of gates that look at pairs. */
export const pairGateChecks = {
  ...gateChecks,
  source: oneOf('pairs', 'live-pairs'),
  upTo: askedAt,
};

/** What pairs and their source say of a gate. */
export function pairGate(
  kind: string,
  defaultRole: Gate['role'],
  { name, role = defaultRole, dryRun = false, source = 'pairs', upTo }: PairGateOptions,
): Pick<Gate, 'name' | 'role' | 'dryRun' | 'source' | 'asksAt'> & {
  readonly source: 'pairs' | 'live-pairs';
} {
  const isLive = source === 'live-pairs';
  const asksAt = isLive ? { above: 0, upTo: upTo ?? 100 } : { upTo: upTo ?? 99.99 };
  return { name: name ?? (isLive ? `${kind}-live` : kind), role, dryRun, source, asksAt };
}
