import type { Lease } from '../core/contracts/rollout-store.ts';

/** Whether a name can be had: by anybody when it is free or over, by its holder always. */
export function canAcquire(there: Lease | undefined, holder: string, now: number): boolean {
  return there === undefined || there.until <= now || there.holder === holder;
}

/** Whether a lease is still the one that was given. */
export function canRenew(there: Lease | undefined, lease: Lease, now: number): boolean {
  return there !== undefined && there.token === lease.token && there.until > now;
}
