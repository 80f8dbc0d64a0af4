import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { ServedCounts } from '../evidence/served-counts.ts';

/**
 * What a gate says. `fail`: harm is shown. `hold`: not enough evidence. `invalid`: the evidence there is cannot be used.
 * Only `pass` promotes, only `fail` rolls back or pauses.
 */
export type GateOutcome = 'pass' | 'fail' | 'hold' | 'invalid';

/**
 * Where a gate's evidence comes from. `pairs`: tenants that legacy still serves. `live-pairs`: tenants that the candidate
 * serves, which needs `legacyShadow`. `served`: what users got, unpaired. `probe`: a question to the world. `attested`: what
 * a person or a script has vouched for.
 */
export type EvidenceSource = 'pairs' | 'live-pairs' | 'served' | 'probe' | 'attested';

/** What a gate says at one moment, with everything that it was said on. Plain data: it goes into the audit trail. */
export interface GateReading {
  readonly gate: string;
  readonly source: EvidenceSource;
  readonly outcome: GateOutcome;
  /** One sentence: what was measured, against what, and how long until it can decide. Without personal data. */
  readonly says: string;
  /** The numbers behind it. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Milliseconds until it can probably decide, where that can be told. */
  readonly etaMs?: number;
  /** The role of the gate that said it. @default 'guardrail' */
  readonly role?: Gate['role'];
  /** Present: recorded, but never acted upon. */
  readonly dryRun?: true;
}

/** What somebody has vouched for. Plain data. */
export interface Attestation {
  /** What it is about: `smoke`, `backup`, `thread-table-deleted`, … */
  readonly kind: string;
  readonly ok: boolean;
  /** When, milliseconds since the epoch. */
  readonly at: number;
}

/** What surrounds a gate while it looks. */
export interface GateSetting {
  /** The error budget that the gate may spend, after it was split over all gates. */
  readonly alpha: number;
  readonly state: RolloutState;
  /** When the evidence begins: the start of the step, milliseconds since the epoch. */
  readonly since: number;
}

/** One gate's look at the evidence since a step began. The same run is used live and when decisions are replayed. */
export interface GateRun {
  /** Takes the next pair, in the order of time. */
  pair?(pair: PairRecord): void;
  missed?(misses: MissedPairs): void;
  /** Takes what was served since the last time. */
  served?(counts: ServedCounts): void;
  attested?(attestation: Attestation): void;
  /** The overrides are other ones from now on, within the same step. */
  changed?(state: RolloutState): void;
  /**
   * What it says now; milliseconds since the epoch. Never throws: what it cannot tell is `invalid`, and so is a gate that does
   * not answer within 10 s.
   */
  read(at: number): GateReading | Promise<GateReading>;
}

/** A question that must be answered before the ramp moves. */
export interface Gate {
  readonly name: string;
  /** A guardrail that fails rolls back, in every state; a signal that fails pauses the ramp. */
  readonly role: 'guardrail' | 'signal';
  readonly source: EvidenceSource;
  /** Read and recorded, but never acted upon. @default false */
  readonly dryRun?: boolean;
  /** Whether it can fail by chance, and so needs a part of the plan's error budget. @default false */
  readonly spends?: boolean;
  /**
   * The percentages at which it is asked: `above` one, `upTo` another. What has no evidence at a step would hold it for ever.
   * Belongs into `policy` too. @default all
   */
  readonly asksAt?: { readonly above?: number; readonly upTo?: number };
  /** What of the gate belongs to the fingerprint of the plan: its thresholds. Plain data. */
  readonly policy: unknown;
  /** Starts anew: at each step, and after any change of the plan. */
  begin(setting: GateSetting): GateRun;
}
