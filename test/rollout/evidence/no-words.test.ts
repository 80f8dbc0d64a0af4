import { describe, expect, it } from 'vitest';
import { shadowSafe } from '../../../src/core/call/shadow-safe.ts';
import type { PairRecord } from '../../../src/core/contracts/pair-record.ts';
import { createCutoverHandler } from '../../../src/create.ts';
import { memoryFlags } from '../../../src/flags/memory-flags.ts';
import { memoryPairs } from '../../../src/pairs/memory-pairs.ts';
import { listOf } from '../../../src/testing/stores/store-harness.ts';
import { rolloutWorld } from '../world.ts';

describe('the pairs of a rollout', () => {
  it('keep no words in the store, where a sink beside it has asked for them', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout();
    const worded = memoryPairs({ text: { ttlMs: 60_000 } });
    const handle = createCutoverHandler({
      name: 'chat',
      legacy: async (message: string) => `legacy: ${message}`,
      candidate: shadowSafe(async (_context, message) => `candidate: ${message}`),
      identify: (message: string) => ({ tenant: 'acme', task: message }),
      flags: memoryFlags('shadow'),
      pairs: {
        redactText: worded.redactText,
        add(pair: PairRecord) {
          worded.add(pair);
          rollout.pairs.add(pair);
        },
        missed: () => undefined,
      },
    });
    await handle('Where is my parcel');
    await handle.close();
    await rollout.flush();
    const kept = await listOf(world.store.pairs());
    expect(kept).toHaveLength(1);
    expect(JSON.stringify([...worded])).toContain('parcel');
    expect(JSON.stringify(kept)).not.toContain('parcel');
  });
});
