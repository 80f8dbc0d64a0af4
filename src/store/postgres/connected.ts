import { isThenable } from '../../core/call/observation.ts';
import type { PostgresClient, PostgresPool } from './pool.ts';

type Callback = (error: unknown, client: PostgresClient | undefined) => void;

/**
 * A connection of the pool that is heard from the very moment on which the pool lets go of it. A promise of it would come a
 * turn of the microtasks later: a server that shuts down in between sends its last words in the same piece, and an error that
 * nobody listens to ends the process.
 */
export function connected(
  pool: PostgresPool,
  listen: (client: PostgresClient) => void,
): Promise<PostgresClient> {
  return new Promise((resolve, reject) => {
    const take: Callback = (error, client) => {
      if (client === undefined) return reject(error);
      listen(client);
      resolve(client);
    };
    // The pool of `pg` takes a callback as well; others, such as those of tests, only give their promise.
    const connect = pool.connect as (callback: Callback) => Promise<PostgresClient> | undefined;
    const promised = connect.call(pool, take);
    if (isThenable(promised)) promised.then((client) => take(undefined, client), reject);
  });
}
