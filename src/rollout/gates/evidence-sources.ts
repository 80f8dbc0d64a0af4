import type { EvidenceSource } from './gate.ts';

const all: Readonly<Record<EvidenceSource, true>> = {
  pairs: true,
  'live-pairs': true,
  served: true,
  probe: true,
  attested: true,
};

/** What a gate can look at. */
export const evidenceSources: readonly string[] = Object.keys(all);
