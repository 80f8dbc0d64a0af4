import { createRollout, type Rollout, rolloutFlags } from 'engramia-cutover/rollout';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { callingAs } from './calling-as.ts';
import { byFlags, pct50 } from './cases/cutover.ts';
import { idsOf, message } from './cases/legs.ts';
import { type BenchCase, measureCases, medianRatio } from './measure.ts';

/** What asking a rollout costs a call, against `percentageFlags` with the same tenants inside, in one run. */
export interface RampFlagFigures {
  readonly oneTenant: number;
  readonly thousandTenants: number;
  readonly millionTenants: number;
  /** Of a thousand tenants, half of whom have a stage of their own, as 9,500 others have. */
  readonly overrides: number;
}

const many = 1_000_000;
const few = 1_000;
const overridden = 10_000;

/** A rollout with half of the tenants inside, and those of `live` and `off` where they were put. */
async function halfway(live: readonly string[], off: readonly string[]): Promise<Rollout> {
  const who = { actor: 'bench', reason: 'to be measured' };
  const rollout = createRollout({ store: memoryStore(), plan: { from: 'off' }, leads: false });
  await rollout.ready;
  await rollout.set({ ...who, percent: 50, force: true });
  if (live.length > 0) await rollout.allow(live, who);
  if (off.length > 0) await rollout.deny(off, who);
  return rollout;
}

const rolledOut = (rollout: Rollout): BenchCase => byFlags(rolloutFlags(rollout));

/** Measures both kinds of flags by turns, with each number of tenants. */
export async function rampFlagFigures(rounds: number): Promise<RampFlagFigures> {
  const users = idsOf(many);
  const fewUsers = users.slice(0, few);
  const named = users.slice(few / 2, few / 2 + overridden);
  const live = named.filter((_, index) => index % 2 === 1);
  const off = named.filter((_, index) => index % 2 === 0);
  const stages = Object.fromEntries([
    ...live.map((user) => [user, 'live'] as const),
    ...off.map((user) => [user, 'off'] as const),
  ]);
  await using plain = await halfway([], []);
  await using named10k = await halfway(live, off);
  const costs = await measureCases(
    {
      one: callingAs(users.slice(0, 1), rolledOut(plain)),
      onePercentage: callingAs(users.slice(0, 1), pct50()),
      few: callingAs(fewUsers, rolledOut(plain)),
      fewPercentage: callingAs(fewUsers, pct50()),
      many: callingAs(users, rolledOut(plain)),
      manyPercentage: callingAs(users, pct50()),
      overridden: callingAs(fewUsers, rolledOut(named10k)),
      overriddenPercentage: callingAs(fewUsers, pct50(stages)),
    },
    { users: fewUsers, message, rounds },
  );
  return {
    oneTenant: medianRatio(costs.one.path, costs.onePercentage.path),
    thousandTenants: medianRatio(costs.few.path, costs.fewPercentage.path),
    millionTenants: medianRatio(costs.many.path, costs.manyPercentage.path),
    overrides: medianRatio(costs.overridden.path, costs.overriddenPercentage.path),
  };
}
