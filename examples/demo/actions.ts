import { setTimeout as pause } from 'node:timers/promises';
import type { PersonAction } from 'engramia-cutover/rollout';
import type { Change, Goal } from './phases.ts';
import type { Scene } from './walk.ts';

/** Whether the ramp is where a phase waits for it to be. */
export function isThere({ ramp }: Scene, goal: Goal): boolean {
  const state = ramp.now();
  if (typeof goal === 'number') return (state?.percent ?? 0) >= goal;
  if (goal !== 'ready') return state?.status === goal;
  // At the last step but one: all that is left to do is a person's.
  return state?.percent === 100 && ramp.decision()?.does === 'advance';
}

/** Milliseconds in which what waits is learned and compared. */
const flushWithinMs = 5000;
/** Milliseconds between two tries, and how many there are: 5 seconds. */
const againMs = 100;
const mostTries = 50;

/** Does what a gate, read once more, may still refuse at this moment. Rejects with the last refusal. */
async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries === mostTries) throw error;
      await pause(againMs);
    }
  }
}

async function resume({ ramp: { rollout } }: Scene, by: PersonAction): Promise<void> {
  const { reviews } = await rollout.status();
  for (const { seq } of reviews) await rollout.acknowledge(seq, by);
  await rollout.resume(by);
}

async function approve({ ramp: { rollout }, view }: Scene, by: PersonAction): Promise<void> {
  await insist(() => rollout.approve(by));
  try {
    await rollout.complete({ ...by, reason: 'may we?' });
  } catch (error) {
    view.say(`  refused    ${error instanceof Error ? error.message : 'for no reason'}`);
  }
}

async function complete({ ramp: { rollout } }: Scene, by: PersonAction): Promise<void> {
  await insist(() => rollout.complete(by));
  const table = { kind: 'threads.deleted', ok: true, reason: 'the table of threads is dropped' };
  await rollout.attest({ ...table, actor: by.actor });
}

/** Does what a phase begins with, while no user asks. */
export async function apply(scene: Scene, change: Change): Promise<void> {
  const { cutover, ramp, service } = scene;
  const by = { actor: 'Ada', reason: 'reason' in change ? change.reason : '' };
  switch (change.do) {
    case 'nothing':
      return;
    case 'from':
      await ramp.rollout.set({ ...by, from: change.stage });
      return;
    case 'serviceDown':
      service.emulator?.down('refuse');
      return;
    case 'serviceUp':
      await service.emulator?.up();
      return;
    case 'kill':
      cutover.kill('the demo shows the way back');
      return;
    case 'revive':
      cutover.revive();
      return;
    case 'resume':
      return resume(scene, by);
    case 'approve':
      return approve(scene, by);
    case 'complete':
      await cutover.flush({ timeoutMs: flushWithinMs });
      return complete(scene, by);
  }
}
