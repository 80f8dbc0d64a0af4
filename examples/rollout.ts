// A ramp climbs by its gates, rolls back by itself when the candidate begins to refuse, and is resumed by a person.
// Run it with: npm run build:js && npx node examples/rollout.ts
import { setImmediate as turn } from 'node:timers/promises';
import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import {
  type Checkpoint,
  createCheckpointSigner,
  generateAuditKeys,
  verifyTrail,
} from 'engramia-cutover/audit';
import {
  coverage,
  createRollout,
  type Rollout,
  type RolloutPlan,
  rolloutFlags,
  servedErrors,
  wrongAnswers,
} from 'engramia-cutover/rollout';
import { memoryStore } from 'engramia-cutover/stores/memory';

type RampState = Awaited<ReturnType<Rollout['advance']>>;

// Moments stand for days here. Yours: { gates, automatic: true } alone keeps the defaults of a day a step.
const plan: RolloutPlan = {
  automatic: true,
  gates: [wrongAnswers({ margin: 0.1 }), coverage(), servedErrors({ limit: 0.2 })],
  steps: [{ percent: 0 }, { percent: 25 }, { percent: 50, approval: true }, { percent: 100 }],
  holdMs: 0,
  dailyCycleMs: 0,
  minPairs: 50,
};

const { privateKey, publicKey } = generateAuditKeys(); // the private half stays where the trail is not
const checkpoints: Checkpoint[] = [];
let state: RampState | undefined;
const store = memoryStore(); // sqliteStore({ path }) or postgresStore(pool) survive the process
const rollout = createRollout({
  store,
  plan,
  onChange: (newer) => {
    state = newer;
    const { version, percent, status, actor, why = '' } = newer;
    console.log(`${version}: ${percent} %, ${status}, by ${actor}`, why.split(':')[0]);
  },
  pollMs: 50, // how often the leader looks; 5 s is the default
  gatherMs: 20,
  signing: createCheckpointSigner(privateKey),
  onCheckpoint: (checkpoint) => checkpoints.push(checkpoint), // to a ticket, a mailbox, a locked bucket
});

let isBroken = false;
const handleRequest = createCutoverHandler({
  name: 'chat',
  legacy: async (tenant: string, message: string) => `${message}? For ${tenant}: yes.`,
  candidate: shadowSafe(async (_context, tenant, message) =>
    isBroken ? 'I’m sorry, but I can’t help with that.' : `${message}? For ${tenant}: yes.`,
  ),
  identify: (tenant, message) => ({ tenant, task: message }),
  flags: rolloutFlags(rollout),
  pairs: rollout.pairs,
});
rollout.follow(handleRequest);
await rollout.ready;

/** Tenants ask until the ramp is somewhere. */
async function askUntil(isThere: (state: RampState) => boolean): Promise<void> {
  for (let call = 0; state === undefined || !isThere(state); call += 1) {
    await handleRequest(`tenant-${call % 40}`, 'Is the invoice of May paid');
    await turn(); // lets the shadow keep pace with a loop that no user would write
  }
}

const half = ({ status }: RampState): boolean => status === 'awaiting-approval';
const isBack = ({ status }: RampState): boolean => status === 'latched';

await askUntil(half);
isBroken = true;
await askUntil(isBack);
isBroken = false;

const [review] = (await rollout.status()).reviews;
const by = { actor: 'Ada', reason: 'the new instructions were wrong; the old ones are back' };
if (review !== undefined) await rollout.acknowledge(review.seq, by);
await rollout.resume(by);
await askUntil(half);
await rollout.approve({ actor: 'Ada', reason: 'half of the tenants went well' });

await handleRequest.close();
await rollout.close();
const { message } = await verifyTrail(store.audit(rollout.name), {
  checkpoints,
  publicKeys: [publicKey],
});
console.log(message);
await store.close();
