import { check, issuesOf, refuse, required } from '../../core/option-checks.ts';
import type { Gate, GateReading } from './gate.ts';
import { type GateOptions, gateChecks } from './gate-options.ts';
import { Probe } from './probe.ts';
import { type GateHead, toReading } from './to-reading.ts';
import { aboutTime } from './wording.ts';

/** How far learning may be behind. */
export interface OutboxLagOptions extends GateOptions {
  /** Age in milliseconds of the oldest exchange that still waits to be learned; 0: none waits. */
  readonly lagMs: (signal: AbortSignal) => number | PromiseLike<number>;
  /** Milliseconds that it may wait. @default 900_000, a quarter of an hour */
  readonly limitMs?: number | undefined;
  /** Milliseconds that an answer is good for. @default 10_000 */
  readonly everyMs?: number | undefined;
  /** Milliseconds that the answer may take. @default 5_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * Asks whether what users got is learned in time: a candidate whose memory is behind is measured at less than its worth. A
 * signal, by a probe.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function outboxLag(options: OutboxLagOptions): Gate {
  const times = { limitMs: check.positive, everyMs: check.positive, timeoutMs: check.milliseconds };
  refuse(
    'outboxLag()',
    issuesOf(options, { ...gateChecks, ...times, lagMs: required(check.function) }),
  );
  const { name = 'outbox-lag', role = 'signal', dryRun = false, lagMs } = options;
  const { limitMs = 900_000, everyMs = 10_000, timeoutMs = 5_000 } = options;
  const gate = { name, source: 'probe' } as const;
  return {
    ...gate,
    ...{ role, dryRun },
    policy: { kind: 'outbox-lag', limitMs, everyMs, timeoutMs },
    begin: () => {
      const asked = new Probe(lagMs, everyMs, timeoutMs);
      return { read: async (at) => readingOf(gate, await asked.answer(at), limitMs) };
    },
  };
}

function readingOf(gate: GateHead<'probe'>, lag: unknown, limitMs: number): GateReading {
  if (typeof lag !== 'number' || !(lag >= 0)) {
    return toReading(gate, { outcome: 'invalid', says: 'nobody can tell how long learning waits' });
  }
  const inputs = { lagMs: lag, limitMs };
  const limit = aboutTime(limitMs);
  if (lag === 0)
    return toReading(gate, { outcome: 'pass', says: 'nothing waits to be learned', inputs });
  const says = `the oldest exchange has waited ${aboutTime(lag)} to be learned, ${limit} are allowed`;
  return toReading(gate, { outcome: lag > limitMs ? 'fail' : 'pass', says, inputs });
}
