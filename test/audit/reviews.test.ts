import {
  type AuditEntry,
  chainEntry,
  closeReview,
  OpenReviews,
  openReviews,
  requireReview,
  verifyTrail,
} from 'engramia-cutover/audit';
import { describe, expect, it } from 'vitest';
import { at, fact, trailOf } from './trail.ts';

const rollback = {
  ...fact(3),
  kind: 'rollback',
  actor: 'system',
  tenant: 'ab'.repeat(32),
  reason: 'wrong answers +10 pp',
};
const opened = trailOf([fact(0), rollback, requireReview(rollback)]).entries;
const review = at(opened, 2);
const by = { actor: 'Ada', reason: 'a bad prompt, mended', at: 1_790_000_100_000 };

const openAfter = (...more: readonly AuditEntry[]) =>
  openReviews([...opened, ...more]).map(({ seq }) => seq);

describe('a review', () => {
  it('is opened by an automatic decision and says which', () => {
    expect(openAfter()).toEqual([2]);
    expect(review).toMatchObject({
      kind: 'review.required',
      actor: 'system',
      reason: 'wrong answers +10 pp',
      tenant: rollback.tenant,
      evidence: { of: 'rollback' },
    });
  });

  it('is closed by a person who says what was found', () => {
    const closing = chainEntry(closeReview(review, { ...by, evidence: { ticket: 7 } }), review);
    expect(closing).toMatchObject({ actor: 'Ada', evidence: { review: 2, found: { ticket: 7 } } });
    expect(openAfter(closing)).toEqual([]);
  });

  it.each([
    ['the system', { actor: 'system' }],
    ['nobody', { actor: ' ' }],
    ['somebody without a reason', { reason: '' }],
  ])('is not closed by %s', (_who, change) => {
    expect(() => closeReview(review, { ...by, ...change })).toThrow('Invalid options of a review');
    const forced = { ...closeReview(review, by), ...change };
    expect(openAfter(chainEntry({ ...forced, reason: forced.reason }, review))).toEqual([2]);
  });

  it('is not closed by what was said of another entry', () => {
    expect(() => closeReview(at(opened, 1), by)).toThrow('entry 1 is no review that was required');
    const closing = closeReview(review, by);
    const elsewhere = { ...closing, evidence: { review: 2, hash: 'f'.repeat(64) } };
    const foreign = { ...closing, rollout: 'search' };
    for (const other of [elsewhere, foreign, { ...closing, evidence: null }]) {
      expect(openAfter(chainEntry(other, review))).toEqual([2]);
    }
  });

  it('stays open while others are closed, in the order in which they were opened', () => {
    const second = chainEntry(requireReview(rollback), review);
    const third = chainEntry(requireReview(rollback), second);
    const closing = chainEntry(closeReview(second, by), third);
    expect(openAfter(second, third, closing)).toEqual([2, 4]);
  });

  it('can be looked for while a trail is verified', async () => {
    const reviews = new OpenReviews();
    expect((await verifyTrail(opened, { onEntry: reviews.take })).ok).toBe(true);
    expect(reviews.list()).toEqual([review]);
  });
});
