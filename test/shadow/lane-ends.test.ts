import { describe, expect, it } from 'vitest';
import type { Gate } from '../../src/shadow/work.ts';
import { jobLane } from './job-lane.ts';

describe('what a lane is told of calls that are not offered', () => {
  it('is counted by its reason', () => {
    const { lane } = jobLane();
    const passBy = lane.skip.bind(lane);
    passBy('sampled');
    expect(lane.stats()).toMatchObject({ offered: 1, accepted: 0, skipped: { sampled: 1 } });
  });
});

describe('a loss', () => {
  it('is warned of though all that is in the lane hangs', async () => {
    const { offer, clock, warn } = jobLane({ maxCount: 2, concurrency: 2 });
    offer('a1', 'a2');
    await clock.advance(0);
    offer('a3');
    expect(warn).not.toHaveBeenCalled();
    await clock.advance(0);
    expect(warn.mock.calls.map(([code]) => code)).toEqual(['CUTOVER_LANE_OVERFLOW']);
  });

  it('of tasks that have waited too long is warned of when it begins, and with their number once others work again', async () => {
    const limits = { concurrency: 1, maxAgeMs: 1_000, deadlineMs: 10_000 };
    const { offer, finish, clock, warn } = jobLane(limits);
    offer('a1', 'a2', 'a3');
    await clock.advance(500);
    offer('a4');
    expect(warn).not.toHaveBeenCalled();
    await clock.advance(2_000);
    const began = [
      'CUTOVER_LANE_LATE',
      expect.stringMatching(/^The learn lane does not keep up: /),
    ];
    expect(warn.mock.calls).toEqual([began]);
    finish('a1');
    await clock.advance(0);
    expect(warn.mock.calls).toEqual([
      began,
      [
        'CUTOVER_LANE_IN_TIME',
        'The learn lane keeps up again; 3 background tasks had waited too long.',
      ],
    ]);
  });

  it('is over when the lane is closed', async () => {
    const { lane, offer, clock, warn } = jobLane({ maxCount: 1 });
    offer('a1', 'a2');
    const closing = lane.close(10);
    await clock.advance(10);
    await closing;
    expect(warn.mock.calls.map(([code]) => code)).toEqual([
      'CUTOVER_LANE_OVERFLOW',
      'CUTOVER_LANE_RECOVERED',
    ]);
  });
});

describe('a close', () => {
  it('comes as early as the shortest that was asked for', async () => {
    const { lane, offer, clock } = jobLane();
    offer('a1');
    let isClosed = false;
    void lane.close(1_000).then(() => {
      isClosed = true;
    });
    void lane.close(50);
    await clock.advance(49);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    expect(isClosed).toBe(true);
  });

  it('ends a flush that still waits', async () => {
    const { lane, offer, clock } = jobLane();
    offer('a1');
    const flushed = lane.flush(60_000);
    void lane.close(50);
    await clock.advance(50);
    expect(await flushed).toMatchObject({ drained: true, counts: { aborted: 1 } });
    expect(clock.pending).toBe(0);
  });

  it('leaves nothing behind that goes on later', async () => {
    const { lane, offer, finish, clock, started, reporter } = jobLane({ concurrency: 1 });
    offer('a1', 'a2');
    await clock.advance(0);
    const closing = lane.close(10);
    await clock.advance(10);
    await closing;
    const told = reporter.events.length;
    await finish('a1');
    await clock.advance(60_000);
    expect([started, reporter.events.length, clock.pending]).toEqual([['a1'], told, 0]);
    expect(lane.stats()).toMatchObject({ running: 0, bytes: 0, aborted: 2 });
  });
});

describe('a flush', () => {
  it('hurries what is gathered, and nothing that comes after it', async () => {
    const started: number[] = [];
    const bundles = { maxCount: 10, maxLoad: 100, gatherMs: 1_000 };
    const gate: Gate = { limit: 1, readyInMs: () => 0, bundles };
    const { lane, offer, clock } = jobLane(
      {},
      {
        runTogether: async (jobs) => {
          started.push(clock.monotonic());
          return jobs.map(() => 'stored' as const);
        },
      },
    );
    const gathered = (name: string) => offer({ tenant: 'a', name, gate });
    gathered('a1');
    await clock.advance(100);
    await Promise.all([lane.flush(10_000), clock.advance(0)]);
    expect(started).toEqual([100]);
    gathered('a2');
    await clock.advance(999);
    expect(started).toHaveLength(1);
    await clock.advance(1);
    expect(started).toEqual([100, 1_100]);
  });
});
