import { givenOptions } from '../../core/given-options.ts';
import { check, issuesOf, oneOf, refuse, required } from '../../core/option-checks.ts';
import { evidenceSources } from './evidence-sources.ts';
import type { EvidenceSource, Gate, GateOutcome, GateRun, GateSetting } from './gate.ts';
import { askedAt } from './gate-options.ts';
import { refuseNoOutcome } from './gate-outcome.ts';
import { toReading } from './to-reading.ts';

/** What a gate of the app says. */
export interface CustomSay {
  readonly outcome: GateOutcome;
  /** One sentence, without personal data. */
  readonly says: string;
  readonly inputs?: Readonly<Record<string, number>>;
  readonly etaMs?: number;
}

/** A look of a gate of the app at the evidence. */
export interface CustomRun extends Omit<GateRun, 'read'> {
  /** What it says now; what it throws makes the gate `invalid`. */
  read(at: number): CustomSay | PromiseLike<CustomSay>;
}

/** A gate of the app. */
export interface CustomGateOptions {
  /** As readings and the trail call it; no other gate of the plan has it. */
  readonly name: string;
  /** A guardrail that fails rolls back, a signal pauses. @default 'signal' */
  readonly role?: Gate['role'] | undefined;
  /** What it looks at. */
  readonly source: EvidenceSource;
  /** Read and recorded, but never acted upon. @default false */
  readonly dryRun?: boolean | undefined;
  /** Whether it can fail by chance, and so gets a part of the plan's error budget as `setting.alpha`. @default false */
  readonly spends?: boolean | undefined;
  /** The percentages at which it is asked. @default all */
  readonly asksAt?:
    | { readonly above?: number | undefined; readonly upTo?: number | undefined }
    | undefined;
  /** Its thresholds, plain data for the trail: evidence from before a change of them does not count. @default none */
  readonly policy?: unknown;
  /**
   * Starts anew: at each step, after any change of the plan, and after a restart, upon which all evidence of the step comes
   * again. Evidence of every source comes to it, noise as well: take what it is about.
   */
  begin(setting: GateSetting): CustomRun;
}

const checks = {
  name: required(check.text),
  role: oneOf('guardrail', 'signal'),
  source: required(oneOf(...evidenceSources)),
  dryRun: check.boolean,
  spends: check.boolean,
  asksAt: { above: askedAt, upTo: askedAt },
  policy: { test: () => true, must: '' },
  begin: required(check.function),
};

/**
 * Makes a gate of a question of the app.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function customGate(options: CustomGateOptions): Gate {
  refuse('customGate()', issuesOf(options, checks));
  const { name, role = 'signal', source, dryRun = false, spends = false } = options;
  const asksAt = givenOptions(options.asksAt);
  return {
    ...{ name, role, source, dryRun, spends, asksAt },
    policy: { kind: 'custom', asksAt, policy: options.policy ?? null },
    begin(setting) {
      const run = options.begin(setting);
      return {
        pair: (pair) => run.pair?.(pair),
        missed: (misses) => run.missed?.(misses),
        served: (counts) => run.served?.(counts),
        attested: (fact) => run.attested?.(fact),
        changed: (state) => run.changed?.(state),
        async read(at) {
          const { outcome, says, inputs, etaMs } = await run.read(at);
          refuseNoOutcome(name, outcome);
          return toReading({ name, source }, { outcome, says: String(says), inputs, etaMs });
        },
      };
    },
  };
}
