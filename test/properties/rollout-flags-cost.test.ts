import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FlagProvider, percentageFlags } from 'engramia-cutover/flags';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectYoungGarbage } from '../../bench/collect-garbage.ts';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import { rolloutFlags } from '../../src/rollout/rollout-flags.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { answerOf } from '../flags/asking.ts';

const who = { actor: 'Ada', reason: 'to be measured' };
const ids = Array.from({ length: 1_000 }, (_, at) => `tenant-${at}`);
const rollout = createRollout({ store: memoryStore(), plan: { from: 'off' }, leads: false });
const flags = rolloutFlags(rollout);

beforeAll(async () => {
  await rollout.ready;
  await rollout.set({ ...who, percent: 50, force: true });
  await rollout.allow(ids.slice(0, 10), who);
});
afterAll(() => rollout.close());

const contexts = ids.map((targetingKey) => ({ targetingKey }));
const silent = { error() {}, warn() {}, info() {}, debug() {} };

function decide(provider: FlagProvider, rounds: number): void {
  for (let round = 0; round < rounds; round += 1) {
    for (const context of contexts) {
      provider.resolveStringEvaluation('cutover.chat', 'off', context, silent);
    }
  }
}

/** On a busy machine the compiler's thread comes late: what it has not compiled yet allocates its numbers. */
async function compiled(providers: readonly FlagProvider[]): Promise<void> {
  for (let time = 0; time < 40; time += 1) {
    for (const provider of providers) decide(provider, 20);
    await nextTurn();
  }
}

/** Bytes a decision allocates: the least of some samples, since others in the process allocate as well. */
function bytesOf(provider: FlagProvider): number {
  const samples: number[] = [];
  for (let sample = 0; sample < 40; sample += 1) {
    collectYoungGarbage();
    const before = process.memoryUsage().heapUsed;
    decide(provider, 20);
    samples.push((process.memoryUsage().heapUsed - before) / (20 * contexts.length));
  }
  // Garbage that V8 collected by itself in between would pass for fewer bytes than none.
  return Math.min(...samples.filter((bytes) => bytes >= 0));
}

describe('a decision by rolloutFlags', () => {
  it('is there at once, and is one of two frozen answers for all tenants', () => {
    const answers = new Set(ids.map((id) => answerOf(flags, id)));
    expect([...answers].map(({ value }) => value).sort()).toEqual(['live', 'off']);
    for (const answer of answers) expect(Object.isFrozen(answer)).toBe(true);
    expect(answerOf(flags, 'tenant-1')).toBe(answerOf(flags, 'tenant-2'));
  });

  it('allocates nothing that one by percentageFlags does not', async () => {
    const percentage = percentageFlags({ from: 'off', to: 'live', percent: 50 });
    await compiled([flags, percentage]);
    // The smallest object has 12 bytes.
    expect(bytesOf(flags)).toBeLessThan(bytesOf(percentage) + 4);
  });
});
