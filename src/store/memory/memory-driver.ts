import type { Clock } from '../../core/time/clock.ts';
import type { StoreDriver } from '../driver.ts';
import { MemoryEvidence } from './evidence.ts';
import { MemoryLeases } from './leases.ts';
import { MemoryRollouts } from './rollouts.ts';

/** Everything in this process, and gone with it. */
export function memoryDriver(clock: Clock): StoreDriver {
  const rollouts = new MemoryRollouts((lease) => leases.tokenOf(lease));
  const versionOf = async (rollout: string) => (await rollouts.read(rollout)).version;
  const leases = new MemoryLeases(clock, versionOf);
  const evidence = new MemoryEvidence(clock);
  const close = async (): Promise<void> => {
    for (const rows of [rollouts, leases, evidence]) rows.clear();
  };
  return { name: 'memory', rollouts, leases, evidence, close };
}
