import { PGlite, type Results } from '@electric-sql/pglite';
import type { PostgresPool, PostgresQuery, PostgresResult } from 'engramia-cutover/stores/postgres';

/** A pool with the one connection that an embedded Postgres has. */
export class EmbeddedPool implements PostgresPool {
  readonly options = { max: 1 };
  readonly #database = new PGlite();
  #last: Promise<unknown> = Promise.resolve();

  async query(query: PostgresQuery): Promise<PostgresResult> {
    const client = await this.connect();
    try {
      return await client.query(query);
    } finally {
      client.release();
    }
  }

  /** Waits for its turn. */
  async connect() {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    await before;
    return {
      query: (query: PostgresQuery) => this.#run(query),
      release: () => release(),
      on: () => undefined,
      removeListener: () => undefined,
    };
  }

  async end(): Promise<void> {
    await this.#last;
    await this.#database.close();
  }

  async #run({ text, values }: PostgresQuery): Promise<PostgresResult> {
    const result: Results<object> | undefined =
      values === undefined
        ? ((await this.#database.exec(text)).at(-1) as Results<object> | undefined)
        : await this.#database.query<object>(text, values);
    return { rows: result?.rows ?? [], rowCount: result?.affectedRows ?? 0 };
  }
}
