import { setTimeout as pause } from 'node:timers/promises';
import { createCutoverHandler } from '../../../src/index.ts';
import { rolloutFlags } from '../../../src/rollout/rollout-flags.ts';
import { sharedClock } from './history.ts';
import { joinRollout, partSetting, tenantName } from './played-rollout.ts';
import { Seeded } from './seeded.ts';

/** A replica that answers calls, a few every four milliseconds, and notes which leg has answered each. */

const callsPerBurst = 4;
const burstsPerNote = 5;

const setting = partSetting();
const { by } = setting;
const { rollout, add } = joinRollout(setting, true);
const draws = new Seeded(setting.seed);
const handler = createCutoverHandler({
  name: 'chat',
  legacy: async (_tenant: string) => 'l',
  candidate: async (_context, _tenant) => 'c',
  identify: (tenant) => ({ tenant, task: 'a question' }),
  flags: rolloutFlags(rollout),
  logger: { warn: () => undefined },
});

let isOver = false;
let kills = 0;

process.on('message', (told: 'kill' | 'end') => {
  if (told === 'end') isOver = true;
  if (told !== 'kill') return;
  kills += 1;
  const actor = `${by} kill ${kills}`;
  add({ kind: 'begun', by, at: sharedClock(), actor, action: 'kill' });
  rollout.kill({ actor, reason: 'it was told so' });
  add({ kind: 'killed', by, at: sharedClock(), actor });
});

async function note(): Promise<void> {
  const at: number[] = [];
  let legs = '';
  for (let burst = 0; burst < burstsPerNote && !isOver; burst += 1) {
    for (let call = 0; call < callsPerBurst; call += 1) {
      at.push(sharedClock());
      legs += await handler(tenantName(draws.below(40)));
    }
    await pause(4);
  }
  add({ kind: 'calls', by, at, legs });
}

await rollout.ready;
process.send?.('ready');
while (!isOver) await note();
process.exit();
