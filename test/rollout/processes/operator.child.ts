import { setTimeout as pause } from 'node:timers/promises';
import type { RolloutState } from '../../../src/core/contracts/rollout-state.ts';
import type { PersonAction } from '../../../src/rollout/person-action.ts';
import { seen, sharedClock } from './history.ts';
import { joinRollout, partSetting, tenantName } from './played-rollout.ts';
import { Seeded } from './seeded.ts';

/** An operator who ramps and rolls back at random until told to end, and says so after each action. */

type ActionName = 'set' | 'advance' | 'allow' | 'hold' | 'resume' | 'rollback';

const setting = partSetting();
const { by } = setting;
const { rollout, add, present } = joinRollout(setting, false);
const draws = new Seeded(setting.seed);

const actions: Readonly<Record<ActionName, (by: PersonAction) => Promise<RolloutState>>> = {
  set: (who) => rollout.set({ ...who, percent: 1 + draws.below(100), force: true }),
  advance: (who) => rollout.advance({ ...who, force: true, allowEmpty: true }),
  allow: (who) => rollout.allow([tenantName(draws.below(40))], who),
  hold: (who) => rollout.hold(who),
  resume: (who) => rollout.resume(who),
  rollback: (who) => rollout.rollback(who),
};

const standing = ['resume', 'resume', 'rollback'] as const;
const likely: Readonly<Record<RolloutState['status'], readonly ActionName[]>> = {
  ramping: ['set', 'set', 'advance', 'allow', 'hold', 'rollback', 'rollback'],
  held: ['set', 'resume', 'rollback'],
  'awaiting-approval': ['rollback'],
  'rolled-back': standing,
  latched: standing,
  frozen: standing,
  complete: ['rollback'],
};

let actionsBegun = 0;
let isOver = false;
process.on('message', (told) => {
  if (told === 'end') isOver = true;
});

/** Asks until every replica has it, or may obey nothing any more; a store that cannot be asked is asked again. */
async function acknowledged(version: number): Promise<void> {
  for (;;) {
    const isKnown = await rollout.isAcknowledged(version).catch(() => false);
    if (isKnown) break;
    await pause(10);
  }
  add({ kind: 'acknowledged', by, at: sharedClock(), version });
  process.send?.({ acknowledged: version });
}

/** After a rollback nobody goes on before all have it, and for a while everybody is with legacy then. */
async function settled(): Promise<void> {
  const { status, version } = present();
  if (status !== 'rolled-back' && status !== 'latched') return;
  await acknowledged(version);
  await pause(20 + draws.below(40));
}

async function act(): Promise<void> {
  await settled();
  actionsBegun += 1;
  const action = draws.oneOf(likely[present().status]);
  const actor = `${by} ${actionsBegun}`;
  add({ kind: 'begun', by, at: sharedClock(), actor, action });
  const state = await actions[action]({ actor, reason: 'as it was drawn' });
  add({ kind: 'done', by, at: sharedClock(), actor, state: seen(state) });
}

await rollout.ready;
process.send?.('ready');
while (!isOver) {
  // A conflict, a refusal and a store that is cut off are what happens to operators.
  await act().catch(() => undefined);
  process.send?.('acted');
  await pause(draws.below(20));
}
process.exit();
