import { vi } from 'vitest';
import type { LaneOptions } from '../../src/core/contracts/lane.ts';
import { createLane } from '../../src/shadow/lane/lane.ts';
import type { Gate, LaneWork } from '../../src/shadow/work.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { recorder } from './recorder.ts';

/** What a lane is given to do. */
export interface Job {
  readonly tenant: string;
  readonly name: string;
  readonly bytes?: number;
  readonly gate?: Gate;
}

/** A lane of jobs that end when they are told to, and what became of each. */
export function jobLane(options: LaneOptions = {}, work: Partial<LaneWork<Job, Job>> = {}) {
  const clock = fakeClock();
  const reporter = recorder();
  const warn = vi.fn<(code: string, message: string) => void>();
  const started: string[] = [];
  const ended: [name: string, ending: string][] = [];
  const running = new Map<string, (outcome?: 'stored') => void>();
  const lane = createLane<Job, Job>({
    name: 'learn',
    options,
    clock,
    reporter,
    warn,
    work: {
      tenantOf: ({ tenant }) => tenant,
      sizeOf: ({ bytes = 1 }) => bytes,
      prepare: (job) => ({ ready: job, bytes: job.bytes ?? 1, gate: job.gate }),
      run: (job) => {
        started.push(job.name);
        return new Promise((resolve) => {
          running.set(job.name, () => resolve('stored'));
        });
      },
      ended: ({ name }, ending) => ended.push([name, ending]),
      ...work,
    },
  });
  const offer = (...jobs: (Job | string)[]): boolean[] =>
    jobs.map((job) =>
      lane.offer(typeof job === 'string' ? { tenant: job.charAt(0), name: job } : job),
    );
  const finish = async (...names: string[]): Promise<void> => {
    for (const name of names) running.get(name)?.();
    await clock.advance(0);
  };
  return { clock, reporter, warn, lane, offer, finish, started, ended };
}
