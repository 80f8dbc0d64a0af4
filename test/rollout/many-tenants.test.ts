import { describe, expect, it } from 'vitest';
import type { TrafficDay } from '../../src/core/contracts/evidence-store.ts';
import type { RolloutState } from '../../src/core/contracts/rollout-state.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { servedSince } from '../../src/rollout/actions/completion.ts';
import { Assessor } from '../../src/rollout/decisions/assessor.ts';
import { previewOf, type StepPreview } from '../../src/rollout/decisions/preview.ts';
import type { ServedCounts } from '../../src/rollout/evidence/served-counts.ts';
import { StageTable } from '../../src/rollout/replica/stage-table.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { turnsOf } from '../turns-of.ts';

const tenants = 5_000;
const state = { policyHash: 'p', overrides: {}, version: 1, since: 0 } as RolloutState;

/** An assessor whose evidence notes what it is told was served. */
function assessing(store: Store) {
  const told: ServedCounts[] = [];
  const evidence = {
    served: (counts: ServedCounts) => told.push(counts),
    attested: () => undefined,
    changed: () => undefined,
    readings: async () => [],
    pairs: 0,
  };
  const begin = () => evidence as never;
  const assessor = new Assessor({ store, rollout: 'cutover', now: () => 0, begin });
  return { assessor, told };
}

/** Counts of all tenants, as a replica hands them over. */
async function serve(store: Store, id: string, phase: string, calls: number): Promise<void> {
  const counts = Array.from({ length: tenants }, (_, at) => ({
    ...{ day: '2026-01-01', tenant: `tenant-${at}`, route: 'chat', leg: 'candidate' as const },
    counts: { calls, errors: at % 2, timed: calls, ms: 5, squaredMs: 25 },
  }));
  await store.addTraffic({ id, phase, counts });
}

/** The phase to which an assessor in this state looks. */
async function phaseOf(store: Store, assessor: Assessor): Promise<string> {
  const asked: string[] = [];
  const { traffic } = store;
  store.traffic = async (query = {}): Promise<readonly TrafficDay[]> => {
    asked.push(query.phase ?? '');
    return [];
  };
  await assessor.look(state);
  store.traffic = traffic;
  return asked[0] ?? '';
}

describe('a look at the counts of many tenants', () => {
  it('lets others have their turn, and tells each time what has come since', async () => {
    const store = memoryStore();
    const { assessor, told } = assessing(store);
    const phase = await phaseOf(store, assessor);
    await serve(store, 'one', phase, 3);
    expect(await turnsOf(() => assessor.look(state))).toBeGreaterThan(tenants / 500);
    expect(told).toHaveLength(tenants);
    const all = (name: 'calls' | 'errors'): number => told.reduce((sum, of) => sum + of[name], 0);
    expect([all('calls'), all('errors')]).toEqual([3 * tenants, tenants / 2]);
    await assessor.look(state);
    expect(told).toHaveLength(tenants);
    await serve(store, 'two', phase, 4);
    await assessor.look(state);
    expect([all('calls'), all('errors')]).toEqual([7 * tenants, tenants]);
    expect(told.at(-1)).toMatchObject({ calls: 4, durations: { count: 4, sum: 5, squares: 25 } });
    await store.close();
  });

  it('counts anew what is there again after an erasure', async () => {
    const store = memoryStore();
    const { assessor, told } = assessing(store);
    const phase = await phaseOf(store, assessor);
    await serve(store, 'one', phase, 30);
    await assessor.look(state);
    await store.erase('tenant-7');
    await store.erase('tenant-8');
    await serve(store, 'two', phase, 5);
    await assessor.look(state);
    const of = (name: string) => told.filter(({ tenant }) => tenant === name).at(-1);
    expect(of('tenant-7')).toMatchObject({ calls: 5, errors: 1, durations: { count: 5, sum: 5 } });
    expect(of('tenant-8')).toMatchObject({ calls: 5, errors: 0 });
    expect(of('tenant-9')).toMatchObject({ calls: 5, errors: 1 });
    await store.close();
  });

  it('lets them have it while the store brings them together', async () => {
    const store = memoryStore();
    await serve(store, 'one', 'phase', 3);
    expect(await turnsOf(() => store.traffic({ phase: 'phase' }))).toBeGreaterThan(10);
    expect(await store.traffic({ phase: 'phase', tenant: 'tenant-7' })).toEqual([
      {
        ...{ day: '2026-01-01', phase: 'phase', tenant: 'tenant-7', route: 'chat' },
        ...{ leg: 'candidate', counts: { calls: 3, errors: 1, timed: 3, ms: 5, squaredMs: 25 } },
      },
    ]);
    await store.close();
  });
});

describe('a preview of a step that moves many tenants', () => {
  it('lets others have their turn, and names the busiest', async () => {
    const days = ['2026-01-01', '2026-01-02', '2026-01-03'];
    const rows = days.flatMap((day) =>
      Array.from(
        { length: 10_000 },
        (_, at): TrafficDay => ({
          ...{ day, tenant: `tenant-${at}`, route: 'chat', leg: 'legacy' },
          ...{ phase: 'cutover/0/1', counts: { calls: (at * 7_919) % 10_000 } },
        }),
      ),
    );
    const store = { traffic: async () => rows } as unknown as Store;
    const before = { ...state, from: 'dualwrite', to: 'live', percent: 0, salt: 's' } as const;
    const after = { ...before, percent: 50 };
    let preview: StepPreview | undefined;
    const turns = await turnsOf(async () => {
      preview = await previewOf({ store, name: 'cutover', now: () => 0 }, before, after);
    });
    expect(turns).toBeGreaterThan(15);
    const is = new StageTable(after);
    const callsOf = (name: string): number =>
      ((Number(name.slice('tenant-'.length)) * 7_919) % 10_000) * days.length;
    const moved = Array.from({ length: 10_000 }, (_, at) => `tenant-${at}`)
      .filter((tenant) => is.stageOf(tenant) === 'live')
      .sort((a, b) => callsOf(b) - callsOf(a));
    expect(preview).toMatchObject({ known: 10_000, moves: moved.length, empty: false });
    expect(preview?.tenants).toEqual(moved.slice(0, 1_000));
    const calls = moved.reduce((sum, tenant) => sum + callsOf(tenant), 0);
    expect(preview?.shareOfTraffic).toBeCloseTo(calls / (days.length * 49_995_000));
  });
});

describe('what many tenants were served since a moment', () => {
  it('is counted with turns for others', async () => {
    const at = Date.UTC(2026, 0, 2);
    const rows = ['2026-01-02', '2026-01-03'].flatMap((day) =>
      [`cutover/0/${at - 1}`, `cutover/4/${at}`, 'other/0/1', ''].flatMap((phase) =>
        Array.from(
          { length: 5_000 },
          (_, tenant): TrafficDay => ({
            ...{ day, phase, tenant: `tenant-${tenant}`, route: 'chat' },
            ...(tenant % 2 === 0
              ? { leg: 'legacy', counts: { calls: 3 } }
              : { leg: 'candidate', counts: { calls: 5, fallbacks: 1 } }),
          }),
        ),
      ),
    );
    const store = { traffic: async () => rows } as unknown as Store;
    let served: unknown;
    const turns = await turnsOf(async () => {
      served = await servedSince(store, 'cutover', { from: at, fullSince: at });
    });
    expect(turns).toBeGreaterThan(15);
    // Of the day itself the earlier step does not count against the end, of the next day it does.
    expect(served).toEqual({ calls: 4 * 2_500 * (3 + 5), legacyCalls: 3 * 2_500 * (3 + 1) });
  });
});
