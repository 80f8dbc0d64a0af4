import { check, issuesOf, refuse, required } from '../../core/option-checks.ts';
import type { Gate, GateReading } from './gate.ts';
import { type GateOptions, gateChecks } from './gate-options.ts';
import { Probe } from './probe.ts';
import { type GateHead, toReading } from './to-reading.ts';

/** How one finds out whether there is a way back. */
export interface LegacyAliveOptions extends GateOptions {
  /** Whether legacy still exists: false once it is gone for good (HTTP 410, past its sunset). What it throws says nothing. */
  readonly probe: (signal: AbortSignal) => boolean | PromiseLike<boolean>;
  /** Milliseconds that an answer is good for. @default 60_000 */
  readonly everyMs?: number | undefined;
  /** Milliseconds that the probe may take. @default 5_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * Asks whether a roll back would find anybody home. Where it fails the ramp is frozen. A guardrail, by a probe.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function legacyAlive(options: LegacyAliveOptions): Gate {
  const times = { everyMs: check.positive, timeoutMs: check.milliseconds };
  refuse(
    'legacyAlive()',
    issuesOf(options, { ...gateChecks, ...times, probe: required(check.function) }),
  );
  const { name = 'legacy-alive', role = 'guardrail', dryRun = false, everyMs = 60_000 } = options;
  const { probe, timeoutMs = 5_000 } = options;
  const gate = { name, source: 'probe' } as const;
  return {
    ...gate,
    ...{ role, dryRun },
    policy: { kind: 'legacy-alive', everyMs, timeoutMs },
    begin: () => {
      const asked = new Probe(probe, everyMs, timeoutMs);
      return { read: async (at) => readingOf(gate, await asked.answer(at)) };
    },
  };
}

function readingOf(gate: GateHead<'probe'>, alive: unknown): GateReading {
  if (alive === true) {
    const says = 'legacy is there to roll back to';
    return toReading(gate, { outcome: 'pass', says, inputs: { legacyAlive: 1 } });
  }
  if (alive === false) {
    const says = 'legacy is gone: there is nothing to roll back to';
    return toReading(gate, { outcome: 'fail', says, inputs: { legacyAlive: 0 } });
  }
  return toReading(gate, { outcome: 'invalid', says: 'nobody can tell whether legacy is there' });
}
