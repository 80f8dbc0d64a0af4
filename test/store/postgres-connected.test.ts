import { EventEmitter } from 'node:events';
import { type PostgresPool, postgresStore } from 'engramia-cutover/stores/postgres';
import { expect, it } from 'vitest';

/** A client whose server has said its last words in the very piece in which it said that it is ready. */
class LostClient extends EventEmitter {
  readonly released: unknown[] = [];
  isHeard: boolean | undefined;
  query = () => Promise.reject(new Error('the server has gone'));
  release = (destroy?: boolean) => void this.released.push(destroy);
}

/** A pool as that of `pg` is: its callback is called while the piece is read, its promise resolves later. */
function poolOf(client: LostClient): PostgresPool {
  type Taken = (error: unknown, given: LostClient) => void;
  const connect = (taken?: Taken) => {
    const { promise, resolve } = Promise.withResolvers<LostClient>();
    queueMicrotask(() => {
      if (taken) taken(undefined, client);
      else resolve(client);
      // With no listener it would be thrown, and end the process.
      client.isHeard = client.listenerCount('error') > 0;
      if (client.isHeard) client.emit('error', new Error('terminating connection'));
    });
    return taken ? undefined : promise;
  };
  return { query: client.query, connect: connect as never, options: { max: 1 } };
}

it('outlives a server that goes in the moment in which the pool gives a connection of it', async () => {
  const client = new LostClient();
  await using store = postgresStore(poolOf(client), { listen: false });
  await expect(store.rollout('chat')).rejects.toThrow('the server has gone');
  expect(client.isHeard).toBe(true);
  expect(client.released).toEqual([true]);
});
