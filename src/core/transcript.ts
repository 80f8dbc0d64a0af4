import type { Turn } from './subject.ts';

/** Served turns per tenant and conversation. */
export interface Transcript {
  /** The latest turns, oldest first. */
  history(tenant: string, conversation: string, limit?: number): Promise<readonly Turn[]>;
}
