import type { ReplicaReport } from '../../core/contracts/rollout-store.ts';

/** Replicas that are named in one sentence. */
const mostNames = 5;

/** What other replicas have told of what they still have to learn. */
export interface Elsewhere {
  /** Exchanges that wait, or waited when their replica fell silent. */
  readonly pending: number;
  /** What stands in the way of completing, a sentence each. */
  readonly blockers: readonly string[];
}

type Telling = ReplicaReport['replicas'][number];

const named = (replicas: readonly Telling[], say: (replica: Telling) => string): string => {
  const more = replicas.length - mostNames;
  const names = replicas.slice(0, mostNames).map(say).join(', ');
  return more > 0 ? `${names} and ${more} more` : names;
};

const nameOf = ({ replica }: Telling): string => JSON.stringify(replica.slice(0, 60));
const sumOf = (replicas: readonly Telling[]): number =>
  replicas.reduce((sum, { pending = 0 }) => sum + pending, 0);

/** Looks at all replicas but this one, which knows more of itself than the store does. */
export function elsewhere({ now, replicas }: ReplicaReport, self: string): Elsewhere {
  const behind = replicas.filter(({ replica, pending = 0 }) => replica !== self && pending > 0);
  const living = behind.filter(({ until }) => until > now);
  const dead = behind.filter(({ until }) => until <= now);
  const seen = (replica: Telling): string =>
    `${nameOf(replica)} (last heard of ${new Date(replica.seenAt).toISOString()})`;
  return {
    pending: sumOf(behind),
    blockers: [
      living.length === 0
        ? ''
        : `${sumOf(living)} exchanges wait to be learned by other replicas: ${named(living, nameOf)}`,
      dead.length === 0
        ? ''
        : `${sumOf(dead)} exchanges were not learned by replicas that are silent, and are lost if they are dead: ${named(dead, seen)}; a day after its lease, or by retire() of the store, a replica is forgotten`,
    ].filter((blocker) => blocker !== ''),
  };
}
