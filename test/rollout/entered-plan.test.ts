import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/core/contracts/audit-entry.ts';
import { canonicalJson } from '../../src/core/text/canonical-json.ts';
import { fingerprint } from '../../src/core/text/fingerprint.ts';
import { customGate } from '../../src/rollout/gates/custom-gate.ts';
import { wrongAnswers } from '../../src/rollout/gates/wrong-answers.ts';
import { listOf } from '../../src/testing/stores/store-harness.ts';
import { rolloutWorld } from './world.ts';

interface Entered extends AuditEntry {
  readonly after: { readonly policyHash: string; readonly salt: string };
  readonly evidence: { readonly plan?: { readonly holdMs: number; readonly gates: object[] } };
}

describe('the plan of a rollout', () => {
  it('is in the trail, with what its fingerprint is of, when it is made and when it has changed', async () => {
    await using world = rolloutWorld();
    const gates = [wrongAnswers({ margin: 0.1 })];
    await (await world.rollout({ holdMs: 7, gates }, { salt: 'spring' })).close();
    await world.rollout({ holdMs: 8, gates });
    await world.clock.advance(60_000);
    const trail = (await listOf(world.store.audit('cutover'))) as Entered[];
    const planned = trail.filter(({ evidence }) => evidence?.plan !== undefined);
    expect(planned.map(({ kind }) => kind)).toEqual(['rollout.created', 'plan.changed']);
    for (const { after, evidence } of planned) {
      expect(after.policyHash).toBe(fingerprint(canonicalJson(evidence.plan)));
      expect(after.salt).toBe('spring');
    }
    expect(planned.map(({ evidence }) => evidence.plan?.holdMs)).toEqual([7, 8]);
    expect(planned[0]?.evidence.plan?.gates).toMatchObject([{ policy: { margin: 0.1 } }]);
  });

  it('is left out of it where an entry has no room for it', async () => {
    await using world = rolloutWorld();
    const huge = customGate({
      name: 'huge',
      source: 'probe',
      policy: 'x'.repeat(2_000_000),
      begin: () => ({ read: () => ({ outcome: 'pass', says: 'fine' }) }),
    });
    await world.rollout({ gates: [huge] });
    const [created] = await listOf(world.store.audit('cutover'));
    expect(created?.evidence).toEqual({ action: 'create', on: 0 });
  });
});
