import { randomUUID } from 'node:crypto';
import { type Call, endpoint } from './endpoint.ts';
import type { EngineResponse } from './message.ts';
import { replies } from './replies.ts';
import type { Job } from './state.ts';
import { timestamp } from './timestamp.ts';

/** Runs a call as a job: it has ended by the time it can be asked for. */
export function startJob(call: Call, operation: string, run: () => EngineResponse): EngineResponse {
  const response = run();
  if (response.status === 422) return response;
  const done = response.status === 200;
  const id = randomUUID();
  call.state.jobs.set(id, {
    id,
    scope: call.scope,
    operation,
    result: done ? JSON.parse(response.body) : null,
    error: done ? null : response.body,
    at: call.now,
  });
  return replies.ok({ job_id: id, status: 'pending' }, 202, { location: `/v1/jobs/${id}` });
}

function toView(job: Job) {
  return {
    id: job.id,
    operation: job.operation,
    status: job.error === null ? 'completed' : 'failed',
    result: job.result,
    error: job.error,
    attempts: 1,
    // Two formats side by side, as the service mixes them.
    created_at: new Date(job.at).toISOString(),
    started_at: timestamp(job.at),
    completed_at: timestamp(job.at),
  };
}

const own = (call: Call): readonly Job[] =>
  [...call.state.jobs.values()].filter((job) => job.scope === call.scope);

const listJobs = endpoint({
  method: 'GET',
  path: '/v1/jobs',
  permission: 'jobs:read',
  run: (call) => replies.ok({ jobs: own(call).map(toView) }),
});

const readJob = endpoint({
  method: 'GET',
  path: '/v1/jobs/{id}',
  permission: 'jobs:read',
  run(call) {
    const job = own(call).find((one) => one.id === call.params.id);
    return job === undefined
      ? replies.failure(404, 'NOT_FOUND', 'Job not found.')
      : replies.ok(toView(job));
  },
});

/** Nothing is ever left to cancel, known or not. */
const cancelJob = endpoint({
  method: 'POST',
  path: '/v1/jobs/{id}/cancel',
  role: 'editor',
  permission: 'jobs:cancel',
  run: () => replies.ok({ cancelled: false }),
});

/** `/v1/jobs` and what is below it. */
export const jobEndpoints = [listJobs, readJob, cancelJob];
