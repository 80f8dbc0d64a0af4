import type { ReplicaState } from '../core/contracts/rollout-store.ts';

/** What a replica has told of its lessons, as a row has it: what is missing there was not told. */
export function toldLessons({
  pending,
  learned,
}: {
  readonly pending?: number | null | undefined;
  readonly learned?: number | null | undefined;
}): Pick<ReplicaState, 'pending' | 'learned'> {
  return {
    ...(pending === undefined || pending === null ? {} : { pending }),
    ...(learned === undefined || learned === null ? {} : { learned }),
  };
}
