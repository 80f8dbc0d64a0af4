import { formatReport, summarize } from 'engramia-cutover/report';
import { describe, expect, it } from 'vitest';
import type { LegRecord } from '../../../src/core/contracts/pair-record.ts';
import { pairOf } from '../../pairs/pairs.ts';
import { divergence } from '../comparing.ts';

const failing = async (error: NonNullable<LegRecord['error']>, count: number) => {
  const found = await divergence('It is sunny.', { reason: new Error('stopped') });
  return Array.from({ length: count }, () =>
    pairOf({
      candidate: { leg: 'candidate', ended: 'failed', durationMs: 9, error },
      divergence: found,
    }),
  );
};

const diverged = { name: 'AgentDivergedError', code: 'ERR_AGENT_DIVERGED' };
const fine = Array.from({ length: 80 }, () => pairOf());

describe('a replayed run that was stopped where legacy had made no such call', () => {
  it('is a candidate that calls other tools, and not one that fails', async () => {
    const report = summarize([...fine, ...(await failing(diverged, 20))]);
    expect(report.diagnoses.map(({ kind }) => kind)).toEqual(['tool-mismatch']);
    const [{ rate, parts } = { rate: undefined, parts: [] }] = report.diagnoses;
    expect(rate).toMatchObject({ count: 20, of: 100 });
    expect(parts.map(({ kind }) => kind)).toEqual(['diverged']);
    expect(report.outcomes.candidateFailed.count).toBe(20);
    expect(report.worst[0]?.findings).toEqual(['tool-mismatch', 'diverged']);
    expect(formatReport(report)).toContain('Align the base instructions');
  });

  it('is told apart from other failures', async () => {
    const others = await failing({ name: 'TypeError' }, 20);
    const report = summarize([...fine, ...others]);
    expect(report.diagnoses.map(({ kind }) => kind)).toEqual(['erroring']);
  });
});
