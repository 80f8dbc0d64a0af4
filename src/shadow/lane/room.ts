import type { DropReason } from '../../core/contracts/counts.ts';
import type { Floor } from './floor.ts';
import type { Task } from './task.ts';
import type { Account } from './tenants.ts';

/**
 * Why there is no room for so many more tasks and bytes, after tenants above their share have given way to one that
 * keeps to its own; undefined: there is room. Those that gave way are still to be told.
 */
export function makeRoom<Item, Ready>(
  floor: Floor<Item, Ready>,
  account: Account<Task<Item, Ready>> | undefined,
  count: number,
  bytes: number,
): DropReason | undefined {
  const { ledger } = floor;
  let refusal = ledger.tenants.refusal(account, count, bytes);
  if (refusal === undefined || refusal === 'tenant') return refusal;
  for (const rich of ledger.tenants.aboveShare) {
    while (rich !== account && rich.isAboveShare) {
      const task = takeNewest(floor, rich);
      if (task === undefined) break;
      ledger.evict(task, 'tenant');
      refusal = ledger.tenants.refusal(account, count, bytes);
      if (refusal === undefined) return undefined;
    }
  }
  return refusal;
}

/** Takes the newest waiting task of a tenant out. Undefined: none waits. */
function takeNewest<Item, Ready>(
  floor: Floor<Item, Ready>,
  account: Account<Task<Item, Ready>>,
): Task<Item, Ready> | undefined {
  const offered = floor.intake.takeNewest(account);
  if (offered !== undefined) return offered;
  const task = account.leaves.findLast((leaf) => !leaf.isEmpty)?.newest;
  if (task !== undefined) floor.stopWaiting(task);
  return task;
}
