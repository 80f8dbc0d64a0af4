import { connected } from './connected.ts';
import type { PostgresClient, PostgresPool } from './pool.ts';

/** A connection that breaks while nobody asks it anything would end the process. */
const ignore = (): void => undefined;

/** The app's pool, that is not waited for without end: one whose connections are all in use answers nobody, by default. */
export class PostgresConnections {
  readonly #pool: PostgresPool;
  readonly #patienceMs: number;
  /** Asked for in vain. They stand in the pool's queue, and are for whoever asks next: it must not grow by each. */
  readonly #left: Promise<PostgresClient>[] = [];

  constructor(pool: PostgresPool, patienceMs: number) {
    this.#pool = pool;
    this.#patienceMs = patienceMs;
  }

  /** @throws what the pool throws, and an Error when it gives none in time */
  async take(): Promise<PostgresClient> {
    const asked =
      this.#left.shift() ?? connected(this.#pool, (client) => client.on('error', ignore));
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#leave(asked)), this.#patienceMs).unref();
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  giveBack(client: PostgresClient, isBroken: boolean): void {
    if (!isBroken) client.removeListener('error', ignore);
    client.release(isBroken);
  }

  #leave(asked: Promise<PostgresClient>): Error {
    const isLeft = (): boolean => {
      const at = this.#left.indexOf(asked);
      if (at >= 0) this.#left.splice(at, 1);
      return at >= 0;
    };
    this.#left.push(asked);
    asked.then(
      (client) => isLeft() && this.giveBack(client, false),
      () => isLeft(),
    );
    const message = `The pool gave no connection within ${this.#patienceMs} ms: all are in use, or the server does not answer.`;
    return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
  }
}
