export type { AuditEntry, AuditFact } from '../core/contracts/audit-entry.ts';
export {
  type AuditKeys,
  type CheckpointSigner,
  createCheckpointSigner,
  generateAuditKeys,
} from './audit-keys.ts';
export { type ChainedLine, chainEntry, chainLine } from './chain-entry.ts';
export type { Checkpoint } from './checkpoint.ts';
export { exportCsv, exportJsonl, type TrailEntries } from './export-trail.ts';
export { importCsv } from './import-csv.ts';
export {
  closeReview,
  OpenReviews,
  openReviews,
  type ReviewAcknowledgement,
  requireReview,
} from './reviews.ts';
export { memorySalts, type SaltStore } from './salt-store.ts';
export { TenantPseudonyms } from './tenant-pseudonyms.ts';
export type { TrailHead } from './trail-head.ts';
export type { TrailProblem, TrailProblemKind } from './trail-problem.ts';
export type { TrailSource } from './trail-source.ts';
export { type TrailReport, type VerifyTrailOptions, verifyTrail } from './verify-trail.ts';
export type { TrustedKey, TrustedKeys } from './vouching.ts';
