import type { PostgresPool, PostgresQuery, PostgresResult } from '../../../src/store/postgres.ts';

/** What a process asks of the one that has the database. */
export interface RelayedAsk {
  readonly relay: 'connect' | 'query' | 'release';
  readonly ask: number;
  readonly client: number;
  readonly query?: PostgresQuery;
}

/** The answer. */
export interface RelayedAnswer {
  readonly answer: number;
  readonly result?: PostgresResult;
  readonly error?: string;
}

/** A pool whose one connection is in the process that has started this one. */
export class RelayedPool implements PostgresPool {
  readonly options = { max: 1 };
  readonly #asked = new Map<number, PromiseWithResolvers<PostgresResult>>();
  #asks = 0;
  #clients = 0;

  constructor() {
    process.on('message', (message: RelayedAnswer | string) => {
      if (typeof message === 'string') return;
      const { answer, result = { rows: [] }, error } = message;
      if (error === undefined) this.#asked.get(answer)?.resolve(result);
      else this.#asked.get(answer)?.reject(new Error(error));
      this.#asked.delete(answer);
    });
  }

  async query(query: PostgresQuery): Promise<PostgresResult> {
    const client = await this.connect();
    try {
      return await client.query(query);
    } finally {
      client.release();
    }
  }

  async connect() {
    this.#clients += 1;
    const client = this.#clients;
    await this.#ask({ relay: 'connect', client });
    return {
      query: (query: PostgresQuery) => this.#ask({ relay: 'query', client, query }),
      release: () => void this.#ask({ relay: 'release', client }).catch(() => undefined),
      on: () => undefined,
      removeListener: () => undefined,
    };
  }

  #ask(what: Omit<RelayedAsk, 'ask'>): Promise<PostgresResult> {
    this.#asks += 1;
    const asked = Promise.withResolvers<PostgresResult>();
    this.#asked.set(this.#asks, asked);
    process.send?.({ ...what, ask: this.#asks } satisfies RelayedAsk);
    return asked.promise;
  }
}
