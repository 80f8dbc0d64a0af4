import type { Store } from '../../src/core/contracts/store.ts';

/** A store that can be cut off from one process. */
export interface FlakyStore {
  readonly store: Store;
  /** Nothing reaches it, and nothing is heard from it. */
  down: boolean;
  /** So many of the next commits are made, and their answers are lost. */
  answersToLose: number;
}

/** A cable to a store. */
export function flakyStore(inner: Store): FlakyStore {
  const cable = { down: false, answersToLose: 0 };
  const store = new Proxy(inner, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      if (name === 'watch') {
        const watch: Store['watch'] = (rollout, watcher, options) =>
          target.watch(
            rollout,
            { ...watcher, changed: (state) => cable.down || watcher.changed(state) },
            options,
          );
        return watch;
      }
      return (...args: unknown[]) => {
        if (cable.down) return Promise.reject(new Error('The cable is cut.'));
        const answer = method.apply(target, args);
        if (name !== 'commit' || cable.answersToLose === 0) return answer;
        cable.answersToLose -= 1;
        return answer.then(() => Promise.reject(new Error('The answer was lost.')));
      };
    },
  });
  return Object.assign(cable, { store });
}
