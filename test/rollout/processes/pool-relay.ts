import type { ChildProcess } from 'node:child_process';
import type { PostgresClient, PostgresPool, PostgresResult } from '../../../src/store/postgres.ts';
import type { RelayedAnswer, RelayedAsk } from './relayed-pool.ts';

/** Milliseconds for which a process may hold a connection and ask nothing. */
const idleMs = 400;

/** A connection that a process holds, until it gives it back, is cut off, stands still or ends. */
class Held {
  readonly #client: PostgresClient;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(client: PostgresClient) {
    this.#client = client;
    this.#wait();
  }

  async query(query: NonNullable<RelayedAsk['query']>): Promise<PostgresResult> {
    if (this.#isOver) throw new Error('The connection is gone.');
    clearTimeout(this.#timer);
    try {
      return await this.#client.query(query);
    } finally {
      this.#wait();
    }
  }

  async end(how: 'given back' | 'cut'): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    if (how === 'cut') await this.#client.query({ text: 'ROLLBACK' }).catch(() => undefined);
    this.#client.release();
  }

  #wait(): void {
    if (!this.#isOver) this.#timer = setTimeout(() => void this.end('cut'), idleMs);
  }
}

/** Lends the connection of a Postgres within this process to other processes. */
export class PoolRelay {
  readonly #pool: PostgresPool;
  readonly #held = new Set<Held>();

  constructor(pool: PostgresPool) {
    this.#pool = pool;
  }

  attach(child: ChildProcess): void {
    const own = new Map<number, Held>();
    child.on('message', (message: RelayedAsk | object | string) => {
      if (typeof message === 'object' && 'relay' in message) void this.#answer(child, own, message);
    });
    child.once('exit', () => void Promise.all([...own.values()].map((held) => held.end('cut'))));
  }

  /** Takes every connection back that is held. */
  async cut(): Promise<void> {
    await Promise.all([...this.#held].map((held) => held.end('cut')));
  }

  async #answer(child: ChildProcess, own: Map<number, Held>, asked: RelayedAsk): Promise<void> {
    let answer: RelayedAnswer;
    try {
      answer = { answer: asked.ask, result: await this.#do(child, own, asked) };
    } catch (error) {
      answer = { answer: asked.ask, error: String(error) };
    }
    if (child.connected) child.send(answer, () => undefined);
  }

  async #do(
    child: ChildProcess,
    own: Map<number, Held>,
    { relay, client, query = { text: '' } }: RelayedAsk,
  ): Promise<PostgresResult> {
    if (relay === 'connect') {
      const held = new Held(await this.#pool.connect());
      own.set(client, held);
      this.#held.add(held);
      if (!child.connected) await held.end('cut');
      return { rows: [] };
    }
    const held = own.get(client);
    if (held === undefined) throw new Error('There is no such connection.');
    if (relay === 'query') {
      const { rows, rowCount } = await held.query(query);
      return { rows, rowCount: rowCount ?? 0 };
    }
    own.delete(client);
    this.#held.delete(held);
    await held.end('given back');
    return { rows: [] };
  }
}
