import { describe, expect, it, vi } from 'vitest';
import type { Gate, RunResult } from '../../src/shadow/work.ts';
import { type Job, jobLane } from './job-lane.ts';

const jobs = (tenant: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${tenant}${index + 1}`);

const open: Gate = { limit: 1, readyInMs: () => 0 };

/** A lane of jobs that are quick: slots that are free prepare what they run. */
function quickLane(work: Parameters<typeof jobLane>[1] = {}, concurrency = 2) {
  const seen: string[] = [];
  const world = jobLane(
    { concurrency, maxCount: 100 },
    {
      prepare: (job) => {
        seen.push(`read ${job.name}`);
        return { ready: job, bytes: 1, gate: job.gate };
      },
      run: async ({ name }): Promise<RunResult> => {
        seen.push(`run ${name}`);
        return 'stored';
      },
      ...work,
    },
  );
  return { ...world, seen };
}

describe('what is quick goes straight to a slot that is free', () => {
  it('and is read when it is run, not before', async () => {
    const { offer, clock, seen, lane } = quickLane();
    offer(...jobs('a', 5));
    await clock.advance(0);
    const read = seen.indexOf('read a5');
    expect(seen.slice(read - 1, read + 2)).toEqual(['run a4', 'read a5', 'run a5']);
    expect(lane.stats()).toMatchObject({ ok: { stored: 5 }, pending: 0, running: 0, bytes: 0 });
  });

  it('and is told that it is run at once; what is read ahead is not', async () => {
    const told: [string, boolean][] = [];
    const { offer, clock } = quickLane({
      prepare(job, _owner, isNow) {
        told.push([job.name, isNow]);
        return { ready: job, bytes: 1 };
      },
    });
    offer(...jobs('a', 3));
    await clock.advance(0);
    expect(told).toEqual([
      ['a1', false],
      ['a2', true],
      ['a3', true],
    ]);
  });

  it('in turns, tenant by tenant', async () => {
    const { offer, clock, seen } = quickLane();
    offer(...jobs('a', 4), ...jobs('b', 2), 'c1');
    await clock.advance(0);
    const runs = seen.filter((what) => what.startsWith('run')).map((what) => what.slice(4));
    expect(runs).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('while there is one, and is read ahead when there is none', async () => {
    const { offer, clock, finish, started } = jobLane({ concurrency: 2 });
    const read: string[] = [];
    const slow = jobLane(
      { concurrency: 2 },
      {
        prepare: (job) => {
          read.push(job.name);
          return { ready: job, bytes: 1 };
        },
      },
    );
    offer('a1', 'a2', 'a3');
    slow.offer(...jobs('a', 4), 'b1');
    await slow.clock.advance(0);
    expect(slow.started).toEqual(['a1', 'b1']);
    expect(read.toSorted()).toEqual(['a1', 'a2', 'a3', 'a4', 'b1']);
    await clock.advance(0);
    await finish('a1', 'a2');
    expect(started).toEqual(['a1', 'a2', 'a3']);
  });

  it('and not past what has a gate, which waits for that alone', async () => {
    const shut = { isOpen: false };
    const gate: Gate = { limit: 1, readyInMs: () => (shut.isOpen ? 0 : 50) };
    const { offer, clock, seen, lane } = quickLane();
    const gated = (name: string): Job => ({ tenant: name.charAt(0), name, gate });
    offer(...jobs('a', 3), gated('b1'), ...jobs('c', 3), gated('d1'));
    await clock.advance(0);
    expect(seen.filter((what) => what.startsWith('run'))).toHaveLength(6);
    expect(lane.stats()).toMatchObject({ pending: 2, tenants: 2 });
    shut.isOpen = true;
    await clock.advance(50);
    expect(seen.slice(-2)).toEqual(['run b1', 'run d1']);
    expect(lane.stats()).toMatchObject({ ok: { stored: 8 }, pending: 0, running: 0 });
  });

  it('also when what came before it turned out not to be wanted', async () => {
    const { offer, clock, lane } = quickLane({
      prepare: (job) => (/[13579]$/.test(job.name) ? 'filtered' : { ready: job, bytes: 1 }),
    });
    offer(...jobs('a', 40));
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ ok: { stored: 20 }, skipped: { filtered: 20 } });
  });

  it('and lets what can go together wait for no others on a flush, once all has been read', async () => {
    const bundles = { maxCount: 9, maxLoad: 9, gatherMs: 1000 };
    const together: Job = { tenant: 'a', name: 'together', gate: { ...open, bundles } };
    const slow: Job = { tenant: 'b', name: 'slow' };
    for (const [first, last] of [
      [jobs('a', 1), together],
      [[together, ...jobs('a', 64)], slow],
    ] as const) {
      const bundle = vi.fn(async () => ['stored'] as const);
      const { lane, offer, clock } = quickLane({
        run: ({ name }) => (name === 'slow' ? new Promise(() => undefined) : 'stored'),
        runTogether: bundle,
      });
      offer(...first);
      await clock.advance(0);
      offer(last);
      void lane.flush(60_000);
      expect(bundle).not.toHaveBeenCalled();
      await clock.advance(0);
      expect(bundle).toHaveBeenCalledOnce();
    }
  });

  it('also when it has to be waited for', async () => {
    const { offer, clock, lane } = quickLane({
      prepare: async (job) => ({ ready: job, bytes: 1 }),
    });
    offer(...['a', 'b', 'c', 'd'].flatMap((tenant) => jobs(tenant, 20)));
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    expect(lane.stats()).toMatchObject({ ok: { stored: 80 }, pending: 0 });
  });
});

describe('what went straight to a slot', () => {
  it('runs again before what its tenant offered later, if it has to', async () => {
    const results = new Map<string, RunResult[]>([['a2', ['again', 'again']]]);
    const run = async ({ name }: Job): Promise<RunResult> => {
      seen.push(`run ${name}`);
      return results.get(name)?.shift() ?? 'stored';
    };
    const { offer, clock, seen, lane } = quickLane({ run }, 1);
    offer(...jobs('a', 4));
    await clock.advance(0);
    const runs = seen.filter((what) => what.startsWith('run')).map((what) => what.slice(4));
    expect(runs).toEqual(['a1', 'a2', 'a2', 'a2', 'a3', 'a4']);
    expect(lane.stats()).toMatchObject({ ok: { stored: 4 }, pending: 0, running: 0, tenants: 0 });
  });

  it('lets other tenants have their turn, however often it has to run again', async () => {
    const run = async ({ name }: Job): Promise<RunResult> => (name === 'a1' ? 'again' : 'stored');
    for (const concurrency of [1, 2]) {
      const { offer, clock, lane } = quickLane({ run }, concurrency);
      offer(...jobs('a', concurrency), ...jobs('b', 2), 'c1');
      await clock.advance(0);
      expect(lane.stats()).toMatchObject({ ok: { stored: concurrency + 2 }, pending: 1 });
      void lane.close(0);
      await clock.advance(0);
      expect(lane.stats()).toMatchObject({ aborted: 1, pending: 0 });
    }
  });

  it('has its deadline, and gives its slot back when it comes back after all', async () => {
    const { lane, offer, clock, finish, started } = jobLane({ concurrency: 1, deadlineMs: 100 });
    offer('a1', 'a2');
    await clock.advance(0);
    await finish('a1');
    expect(started).toEqual(['a1', 'a2']);
    offer('a3');
    await clock.advance(0);
    await finish('a2');
    await clock.advance(100);
    expect(lane.stats()).toMatchObject({ timedOut: 1, ok: { stored: 2 }, running: 1, bytes: 1 });
    offer('a4');
    await clock.advance(0);
    expect(started).toEqual(['a1', 'a2', 'a3']);
    await finish('a3');
    expect(started).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('makes others give way if it is larger than it seemed, who are told when it runs', async () => {
    const pending: number[] = [];
    const { lane, offer, clock } = jobLane(
      { concurrency: 1, maxBytes: 100, tenantShare: 0.25 },
      {
        prepare: (job) => ({ ready: job, bytes: job.name === 'b1' ? 20 : 5 }),
        run: async (): Promise<RunResult> => 'stored',
        ended: () => {
          const { offered, ok, dropped, pending: left } = lane.stats();
          pending.push(offered - ok.stored - dropped.tenant - left);
        },
      },
    );
    offer('c1');
    await clock.advance(0);
    pending.length = 0;
    for (const name of jobs('a', 19)) offer({ tenant: 'a', name, bytes: 5 });
    offer({ tenant: 'b', name: 'b1', bytes: 1 });
    await clock.advance(0);
    expect(lane.stats()).toMatchObject({ pending: 0, bytes: 0, dropped: { tenant: 2 } });
    expect(pending).toEqual(Array(20).fill(0));
  });
});
