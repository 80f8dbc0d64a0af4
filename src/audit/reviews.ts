import type { AuditEntry, AuditFact } from '../core/contracts/audit-entry.ts';
import { check, issuesOf, refuse, required } from '../core/option-checks.ts';
import { refuseUnlisted } from './unlisted.ts';

/** The actor of what nobody decided. */
const system = 'system';

const requiredKind = 'review.required';
const closed = 'review.closed';

/** A person's word on what was decided without one. */
export interface ReviewAcknowledgement {
  /** The person's name as the app knows it. */
  readonly actor: string;
  /** What the review has found. */
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly evidence?: unknown;
}

/**
 * The fact that opens a review of an automatic decision; it belongs into the trail right behind the decision's own.
 *
 * @throws InvalidOptionsError for what is no decision
 */
export function requireReview(decision: AuditFact): AuditFact {
  refuse('requireReview()', issuesOf({ decision }, { decision: required(check.object) }));
  const { at, rollout, reason, tenant, kind } = decision;
  const about = tenant === undefined ? {} : { tenant };
  return {
    kind: requiredKind,
    at,
    rollout,
    actor: system,
    reason,
    ...about,
    evidence: { of: kind },
  };
}

/**
 * The fact that closes a review.
 *
 * @throws InvalidOptionsError when no review is given, or no person and reason for closing it.
 */
export function closeReview(review: AuditEntry, by: ReviewAcknowledgement): AuditFact {
  const objects = { review: required(check.object), by: required(check.object) };
  refuse('closeReview()', issuesOf({ review, by }, objects));
  const { actor, reason, at, evidence } = by;
  const issues = [
    review.kind === requiredKind ? '' : `entry ${review.seq} is no review that was required`,
    isPerson(actor) ? '' : `actor must name the person who has reviewed it, not "${system}"`,
    isSaid(reason) ? '' : 'reason must say what the review has found',
  ].filter((issue) => issue !== '');
  refuse('a review', issues);
  const about = review.tenant === undefined ? {} : { tenant: review.tenant };
  const found = evidence === undefined ? {} : { found: evidence };
  return {
    kind: closed,
    at,
    rollout: review.rollout,
    actor,
    reason,
    ...about,
    evidence: { review: review.seq, hash: review.hash, ...found },
  };
}

/** Reviews that are open, found by reading a trail from its beginning. Holds the open ones only. */
export class OpenReviews {
  readonly #open = new Map<number, AuditEntry>();

  /** Takes the next entry of the trail; bound, so that it can be handed over as `onEntry`. */
  readonly take = (entry: AuditEntry): void => {
    if (entry.kind === requiredKind) this.#open.set(entry.seq, entry);
    if (entry.kind !== closed || !isPerson(entry.actor) || !isSaid(entry.reason)) return;
    const { review, hash } = (entry.evidence ?? {}) as { review?: unknown; hash?: unknown };
    const opened = this.#open.get(Number(review));
    // Both: a number alone could be that of another trail.
    if (opened?.hash === hash && opened?.rollout === entry.rollout) {
      this.#open.delete(Number(review));
    }
  };

  /** In the order in which they were opened. */
  list(): readonly AuditEntry[] {
    return [...this.#open.values()];
  }
}

const isSaid = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

const isPerson = (actor: unknown): boolean => isSaid(actor) && actor !== system;

/**
 * The reviews of a trail that nobody has closed.
 *
 * @throws InvalidOptionsError for what is no list
 */
export function openReviews(entries: Iterable<AuditEntry>): readonly AuditEntry[] {
  refuseUnlisted('openReviews()', 'entries', entries, [Symbol.iterator]);
  const reviews = new OpenReviews();
  for (const entry of entries) reviews.take(entry);
  return reviews.list();
}
