import { check, issuesOf, refuse } from '../../core/option-checks.ts';
import type { Attestation, Gate, GateReading, GateRun } from './gate.ts';
import { type GateOptions, gateChecks } from './gate-options.ts';
import { type Found, type GateHead, toReading } from './to-reading.ts';
import { aboutTime } from './wording.ts';

/** What must be vouched for at each step. */
export interface AttestationOptions extends GateOptions {
  /**
   * Milliseconds from the start of a step in which it must have come, else the gate fails; the migration guide gives smoke
   * tests 30 minutes. @default any time
   */
  readonly withinMs?: number | undefined;
}

class AttestationRun implements GateRun {
  readonly #gate: GateHead<'attested'>;
  readonly #kind: string;
  readonly #withinMs: number | undefined;
  readonly #since: number;
  #last: Attestation | undefined;

  constructor(
    gate: GateHead<'attested'>,
    policy: { readonly kind: string; readonly withinMs: number | undefined },
    since: number,
  ) {
    this.#gate = gate;
    this.#kind = policy.kind;
    this.#withinMs = policy.withinMs;
    this.#since = since;
  }

  attested(attestation: Attestation): void {
    if (attestation.kind === this.#kind && attestation.at >= this.#since) this.#last = attestation;
  }

  read(at: number): GateReading {
    const inputs = { sinceMs: at - this.#since, withinMs: this.#withinMs };
    return toReading(this.#gate, { ...this.#said(at), inputs });
  }

  #said(at: number): Found {
    const kind = this.#kind;
    if (this.#last !== undefined) {
      const { ok } = this.#last;
      const ago = aboutTime(Math.max(0, at - this.#last.at));
      const says = `${kind} was attested ${ok ? 'as done' : 'as failed'}, ${ago} ago`;
      return { outcome: ok ? 'pass' : 'fail', says };
    }
    const left = this.#withinMs === undefined ? undefined : this.#since + this.#withinMs - at;
    if (left === undefined) return { outcome: 'hold', says: `nobody has attested ${kind} yet` };
    if (left < 0) {
      const says = `nobody has attested ${kind} within ${aboutTime(this.#withinMs ?? 0)} of the step`;
      return { outcome: 'fail', says };
    }
    return {
      outcome: 'hold',
      says: `nobody has attested ${kind} yet, ${aboutTime(left)} are left`,
    };
  }
}

/**
 * Asks whether somebody has vouched, at each step anew, for a thing that nobody here can see: a smoke run, a backup, a deleted
 * table. The latest word counts. A signal.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function attestation(kind: string, options: AttestationOptions = {}): Gate {
  const issues = issuesOf(options, { ...gateChecks, withinMs: check.positive });
  if (!check.text.test(kind)) issues.unshift(`kind must ${check.text.must}`);
  refuse('attestation()', issues);
  const { name = `attested-${kind}`, role = 'signal', dryRun = false, withinMs } = options;
  const gate = { name, source: 'attested' } as const;
  return {
    ...gate,
    ...{ role, dryRun },
    policy: { kind: 'attestation', of: kind, ...(withinMs !== undefined && { withinMs }) },
    begin: ({ since }) => new AttestationRun(gate, { kind, withinMs }, since),
  };
}
