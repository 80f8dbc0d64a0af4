import { describe, expect, it } from 'vitest';
import type { TenantPseudonyms } from '../../src/audit/tenant-pseudonyms.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { listOf } from '../../src/testing/stores/store-harness.ts';
import { ada, rolloutWorld, tenantNames } from './world.ts';

interface Said {
  readonly stage: string;
  readonly tenants: readonly string[];
  readonly part?: number;
  readonly parts?: number;
}

/** As long as hashes are, and made at once. */
const pseudonyms = {
  of: async (tenant: string) => tenant.padStart(64, '0'),
} as unknown as TenantPseudonyms;

describe('moving many tenants at once', () => {
  it('is one change with as many entries as their names need', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({}, { pseudonyms });
    const tenants = tenantNames(25_000);
    const state = await rollout.deny(tenants, ada);
    expect(state.version).toBe(2);
    expect(Object.keys(state.overrides)).toHaveLength(25_000);
    const trail = await listOf(world.store.audit('cutover'));
    const said = trail.filter(({ kind }) => kind === 'override').map((e) => e.evidence as Said);
    expect(said.map((each) => [each.tenants.length, each.part, each.parts])).toEqual([
      [10_000, 1, 3],
      [10_000, 2, 3],
      [5_000, 3, 3],
    ]);
    expect(new Set(said.flatMap((each) => each.tenants)).size).toBe(25_000);
    expect(await verifyTrail(trail)).toMatchObject({ ok: true, entries: trail.length });
  });

  it('is entered with one entry, as ever, where that has room for them', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({}, { pseudonyms });
    await rollout.deny(tenantNames(10_000), ada);
    const trail = await listOf(world.store.audit('cutover'));
    const [entry, ...others] = trail.filter(({ kind }) => kind === 'override');
    expect(others).toEqual([]);
    expect(Object.keys(entry?.evidence as object).sort()).toEqual([
      'action',
      'on',
      'stage',
      'tenants',
    ]);
  });

  it('is refused beyond what a state can name, with what to do instead', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout();
    await expect(rollout.deny(tenantNames(100_001), ada)).rejects.toThrow(
      '100001 tenants are too many: 100000 can be moved at once',
    );
    expect((await world.store.rollout('cutover')).version).toBe(1);
  });

  it('lets the event loop turn while their names are made', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout();
    let turns = 0;
    let over = false;
    const turn = (): void => {
      turns += 1;
      if (!over) setImmediate(turn);
    };
    turn();
    await rollout.deny(tenantNames(2_000), ada);
    over = true;
    expect(turns).toBeGreaterThanOrEqual(4);
  });
});
