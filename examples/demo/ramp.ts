import { type Checkpoint, createCheckpointSigner, generateAuditKeys } from 'engramia-cutover/audit';
import {
  candidateErrors,
  coverage,
  createRollout,
  type RampDecision,
  type Rollout,
  type RolloutPlan,
  servedErrors,
  wrongAnswers,
} from 'engramia-cutover/rollout';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { tenants } from './tenants.ts';

/** The state of the ramp. */
export type RampState = Awaited<ReturnType<Rollout['hold']>>;

/** A state that was in force, and the tenants that the candidate served by it. */
export interface Reached {
  readonly state: RampState;
  readonly moved: ReadonlySet<string>;
}

/** The ramp, and what it has told. */
export interface Ramp {
  readonly rollout: Rollout;
  /** Every state since the start, in order. */
  readonly reached: readonly Reached[];
  /** Sent outside, one after each change. */
  readonly checkpoints: readonly Checkpoint[];
  readonly publicKey: string;
  /** Climbs so far: each rollback begins another. */
  climb(): number;
  /** The state in force. */
  now(): RampState | undefined;
  /** What the leader has decided last, in the state that is in force. */
  decision(): RampDecision | undefined;
  close(): Promise<void>;
}

/** Half a second stands for a day, and a hundred pairs for thousands: limits are as wide as so few ask for. */
const plan: RolloutPlan = {
  from: 'off',
  automatic: true,
  steps: [
    { percent: 0 },
    { percent: 5 },
    { percent: 25 },
    { percent: 50, approval: true },
    { percent: 100, holdMs: 1500 },
    { percent: 100, to: 'complete' },
  ],
  holdMs: 500,
  minPairs: 50,
  dailyCycleMs: 500,
  completeAfterMs: 1500,
  gates: [
    wrongAnswers({ margin: 0.1, harm: 0.05 }),
    candidateErrors({ margin: 0.1, harm: 0.05 }),
    coverage({ floor: 0.5 }),
    servedErrors({ limit: 0.4 }),
  ],
};

/** Makes the ramp; `say` gets a line of each state. */
export function createRamp(say: (line: string) => void): Ramp {
  const { privateKey, publicKey } = generateAuditKeys();
  const store = memoryStore();
  const reached: Reached[] = [];
  const checkpoints: Checkpoint[] = [];
  let climb = 0;
  let decided: { readonly version: number; readonly decision: RampDecision } | undefined;
  const rollout = createRollout({
    store,
    plan,
    // Among its first five percent are tenants large enough to be seen within seconds.
    salt: 'forest',
    pollMs: 100,
    gatherMs: 50,
    signing: createCheckpointSigner(privateKey),
    onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
    onDecision: (decision, { version }) => {
      decided = { version, decision };
    },
    onChange: (state, before) => {
      if (state.percent < (before?.percent ?? 0)) climb += 1;
      reached.push({ state, moved: movedBy(rollout) });
      say(`  ramp       ${wordsFor(state)}`);
    },
  });
  const now = (): RampState | undefined => reached.at(-1)?.state;
  return {
    rollout,
    reached,
    checkpoints,
    publicKey,
    climb: () => climb,
    now,
    decision: () => (decided?.version === now()?.version ? decided?.decision : undefined),
    close: async () => {
      await rollout.close();
      await store.close();
    },
  };
}

function movedBy(rollout: Rollout): ReadonlySet<string> {
  const names = tenants.map(({ name }) => name);
  const candidates: readonly (string | undefined)[] = ['live', 'rampdown', 'complete'];
  return new Set(names.filter((name) => candidates.includes(rollout.stageOf(name))));
}

function wordsFor({ version, from, to, percent, status, why, actor }: RampState): string {
  const where = `${percent} % ${to}, the others ${from}`;
  return `version ${version} by ${actor}: ${where}, ${status}${why === undefined ? '' : ` (${why})`}`;
}
