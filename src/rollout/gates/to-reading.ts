import type { EvidenceSource, GateOutcome, GateReading } from './gate.ts';

/** What a run of ours found, before it is put into the form of a reading. */
export interface Found {
  readonly outcome: GateOutcome;
  /** The sentence without the outcome. */
  readonly says: string;
  /** Numbers that are not there, or not finite, are left out: the audit trail has no words for them. */
  readonly inputs?: Readonly<Record<string, number | undefined>> | undefined;
  readonly etaMs?: number | undefined;
}

/** What a reading has of its gate. */
export interface GateHead<S extends EvidenceSource = EvidenceSource> {
  readonly name: string;
  readonly source: S;
}

const isNumber = (entry: [string, number | undefined]): entry is [string, number] =>
  Number.isFinite(entry[1]);

/** Puts what was found into the form of a reading. */
export function toReading(
  { name, source }: GateHead,
  { outcome, says, inputs = {}, etaMs }: Found,
): GateReading {
  return {
    gate: name,
    source,
    outcome,
    says: `${outcome}: ${says}`,
    inputs: Object.fromEntries(Object.entries(inputs).filter(isNumber)),
    ...(etaMs !== undefined && Number.isFinite(etaMs) && { etaMs }),
  };
}
